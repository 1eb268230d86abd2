"""Roads: OpenStreetMap through OSMnx to the arrays that trenches follow."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from xml.sax import SAXException

import numpy as np
import osmnx as ox
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dualgig.errors import InputError, Problem
from dualgig.region.model import BUILD_TYPES, RoadGraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project, Roads

EXISTING, AERIAL, BURIED, DUCT = range(4)

HIGHWAY_BUILD: dict[str, int] = {
    **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link"), DUCT),
    **dict.fromkeys(("primary", "primary_link"), DUCT),
    **dict.fromkeys(("secondary", "secondary_link", "tertiary", "tertiary_link"), BURIED),
    **dict.fromkeys(("residential", "living_street"), BURIED),
    **dict.fromkeys(("unclassified", "road", "service", "track", "path"), AERIAL),
}
"""How a cable is laid along a way that says nothing of it, by its OSM class ``highway``.

Through roads, motorway to primary, have or are given duct; secondary and tertiary roads and residential
streets are dug up; lesser roads, tracks and paths carry the cable on poles. Classes that are not listed
(pavements, cycleways, steps, ways under construction) carry none. This is a planning rule, not a
survey: the tag ``dualgig:build`` on a way (one of `BUILD_TYPES`) wins over it, and so does
``fibre=yes``, which is read as ``existing``.
"""

BUILD_TAG = "dualgig:build"
NETWORK_TYPES = ("all", "all_public", "bike", "drive", "drive_service", "walk")


def read_roads(project: Project, metric_crs: CRS) -> RoadGraph | None:
    """Read the road graph of a project.

    OSMnx reads OSM XML (``.osm``, ``.osm.bz2``, ``.osm.gz``) or downloads a place and simplifies the
    topology (Boeing 2025, doi:10.1111/tgis.70037); ways of different build types are never merged.
    Every component is kept. Where two ways run between the same vertices over the same points, the
    one whose build type comes first in `BUILD_TYPES` is kept; where they take different courses, and
    on a road that returns to where it began, a bend becomes a vertex, so that neither road is lost.

    Parameters
    ----------
    project
        ``inputs.roads`` names the file or the place.
    metric_crs
        Projected CRS in metres; lengths are measured in it along the polylines.

    Returns
    -------
    RoadGraph or None
        Vertices in the order of their OSM ids, bends made vertices behind them; None where the
        project has no roads.

    Raises
    ------
    InputError
        The file is missing, is not OSM XML, lacks points of its ways, has an unknown build type or no
        road at all; or the place is unknown or OpenStreetMap cannot be reached.
    """
    source = project.inputs.roads
    if source is None:
        return None
    graph = _read_file(project, source) if source.path else _download(project, source)
    name = source.path or project.path.name
    _keep_roads(graph, name)
    with _quiet_osmnx():
        graph = ox.simplify_graph(graph, edge_attrs_differ=["build"], remove_rings=False)
    return _to_arrays(graph, metric_crs, source.caveat)


def components(roads: RoadGraph) -> NDArray[np.int32]:
    """Number of the connected component of each vertex, int32, shape (vertices,)."""
    count = len(roads.x_m)
    joined = coo_array(
        (np.ones(len(roads.tail), dtype=np.int8), (roads.tail, roads.head)), shape=(count, count)
    )
    _, label = connected_components(joined.tocsr(), directed=False)
    return np.asarray(label, dtype=np.int32)


def road_problems(project: Project, roads: RoadGraph) -> list[Problem]:
    """What a planner should know of the road graph: a warning when it falls into parts."""
    label = components(roads)
    count = int(label.max()) + 1
    source = project.inputs.roads
    if count == 1 or source is None:
        return []
    length_m = np.bincount(label[roads.tail], weights=roads.length_m, minlength=count)
    share = 100.0 * length_m.max() / length_m.sum()
    return [
        Problem(
            source.path or project.path.name,
            None,
            "" if source.path else "inputs.roads.place",
            f"the roads fall into {count} parts that are not joined; the largest holds {share:.1f} % of the length.",
            "Places on the other parts get fibre only from a node there; join the ways where that is wrong.",
            severity="warning",
        )
    ]


@contextmanager
def _quiet_osmnx(network_type: str = "all") -> Iterator[None]:
    """OSMnx with our tags, without log, cache folder or warnings; its settings are put back."""
    ours: dict[str, Any] = {
        "useful_tags_way": ["highway", BUILD_TAG, "fibre", "area"],
        "useful_tags_node": [],
        "use_cache": False,
        "log_console": False,
        "log_file": False,
        # A cable follows a one-way street in both directions.
        "bidirectional_network_types": [network_type],
        "all_oneway": False,
    }
    before = {name: getattr(ox.settings, name) for name in ours}
    try:
        for name, value in ours.items():
            setattr(ox.settings, name, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)


def _read_file(project: Project, source: Roads) -> Any:
    """The unsimplified OSMnx graph of an OSM XML file."""
    path = project.resolve(source.path)

    def wrong(problem: str, mend: str) -> InputError:
        return InputError([Problem(source.path, None, "", problem, mend)])

    if not path.is_file():
        raise wrong("there is no such file.", "Give the path of an OSM XML file under inputs.roads.path.")
    if path.suffix == ".pbf":
        raise wrong("this is OSM PBF.", "Convert it to OSM XML, for example with `osmium cat -o roads.osm`.")
    try:
        with _quiet_osmnx():
            return ox.graph_from_xml(path, bidirectional=True, simplify=False, retain_all=True)
    except (ParseError, SAXException, UnicodeDecodeError, EOFError):
        raise wrong("this is not OSM XML in UTF-8.", "Save the roads as .osm or .osm.bz2.") from None
    except OSError as error:
        raise wrong(f"it cannot be read ({error.strerror or error}).", "Save it again.") from None
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # An encoding that Python does not know is a LookupError, one that expat does not, a ValueError.
        if "encoding" in str(error):
            raise wrong("this is not OSM XML in UTF-8.", "Save the roads as .osm or .osm.bz2.") from None
        raise wrong(
            "it holds no complete OSM ways: nothing at all, or ways whose points are not in the file.",
            "Extract the roads again with complete ways.",
        ) from None


def _download(project: Project, source: Roads) -> Any:
    """The unsimplified OSMnx graph of a place."""

    def wrong(problem: str, mend: str) -> InputError:
        return InputError([Problem(project.path.name, None, "inputs.roads.place", problem, mend)])

    if source.network_type not in NETWORK_TYPES:
        raise wrong(
            f"the network type {source.network_type!r} is unknown.",
            f"Write one of {', '.join(NETWORK_TYPES)}.",
        )
    try:
        with _quiet_osmnx(source.network_type):
            return ox.graph_from_place(
                source.place, network_type=source.network_type, simplify=False, retain_all=True
            )
    except OSError:
        raise wrong(
            f"the roads of {source.place!r} are not at hand and OpenStreetMap cannot be reached.",
            "Go online, or give an OSM XML file under inputs.roads.path instead.",
        ) from None
    except (TypeError, ValueError) as error:
        raise wrong(
            f"OpenStreetMap has no roads for {source.place!r} ({error}).",
            "Write the place as OpenStreetMap names it, or give a file under inputs.roads.path.",
        ) from None


def _keep_roads(graph: Any, name: str) -> None:
    """Keep the ways that may carry a cable, each pair of points once and in both directions."""
    best: dict[tuple[int, int], int] = {}
    unknown: dict[str, set[int]] = {}
    for u, v, tags in graph.edges(data=True):
        tag = tags.get(BUILD_TAG)
        if tag is not None and tag not in BUILD_TYPES:
            unknown.setdefault(tag, set()).add(tags["osmid"])
        build = _build_type(tags)
        if build is not None and u != v:
            pair = (min(u, v), max(u, v))
            best[pair] = min(build, best.get(pair, build))
    if unknown:
        raise InputError(
            Problem(
                name,
                None,
                BUILD_TAG,
                f"{value!r} on way {', '.join(str(way) for way in sorted(ways)[:5])}"
                f"{f' and {len(ways) - 5} more' if len(ways) > 5 else ''} is no build type.",
                f"Write one of {', '.join(BUILD_TYPES)}.",
            )
            for value, ways in sorted(unknown.items())
        )
    if not best:
        raise InputError(
            [
                Problem(
                    name,
                    None,
                    "",
                    "there is no road in it that a cable could follow.",
                    f"Ways need a tag highway of {', '.join(HIGHWAY_BUILD)}, or {BUILD_TAG}.",
                )
            ]
        )
    graph.clear_edges()
    for (u, v), build in sorted(best.items()):
        graph.add_edge(u, v, build=build)
        graph.add_edge(v, u, build=build)
    graph.remove_nodes_from([node for node, degree in graph.degree() if degree == 0])


def _build_type(tags: dict[str, Any]) -> int | None:
    """How a cable is laid along a way, index into `BUILD_TYPES`; None where none can be."""
    tag = tags.get(BUILD_TAG)
    if tag in BUILD_TYPES:
        return BUILD_TYPES.index(tag)
    build = HIGHWAY_BUILD.get(tags.get("highway", ""))
    if build is None or tags.get("area") == "yes":
        return None
    return EXISTING if tags.get("fibre") == "yes" else build


def _to_arrays(graph: Any, metric_crs: CRS, caveat: str) -> RoadGraph:
    """Undirected arrays of a simplified graph, without loops and parallel edges."""
    nodes = sorted(graph.nodes)
    number = {node: index for index, node in enumerate(nodes)}
    to_metric = Transformer.from_crs("EPSG:4326", metric_crs, always_xy=True)
    x_m, y_m = to_metric.transform(
        np.array([graph.nodes[node]["x"] for node in nodes]),
        np.array([graph.nodes[node]["y"] for node in nodes]),
    )
    lines: dict[tuple[int, int, tuple[tuple[float, float], ...]], int] = {}
    for u, v, tags in graph.edges(data=True):
        ends = number[u], number[v]
        if "geometry" in tags:
            course = tuple(tags["geometry"].coords)
        else:
            course = tuple((graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (u, v))
        # Each road is there in both directions; both have this one form.
        if ends[0] > ends[1] or (ends[0] == ends[1] and course[::-1] < course):
            ends, course = ends[::-1], course[::-1]
        lines[(*ends, course)] = tags["build"]
    keys = sorted(lines)
    lon, lat = np.array([point for *_, course in keys for point in course]).T
    xy = np.column_stack(to_metric.transform(lon, lat))
    polylines = np.split(xy, np.cumsum([len(course) for *_, course in keys])[:-1])
    edges = [
        (tail, head, lines[tail, head, course], line)
        for (tail, head, course), line in zip(keys, polylines, strict=True)
    ]
    edges, bends = _split_parallel(edges, len(nodes))
    edges.sort(key=lambda edge: edge[:2])
    return RoadGraph(
        x_m=np.concatenate([x_m, bends[:, 0]]),
        y_m=np.concatenate([y_m, bends[:, 1]]),
        tail=np.array([edge[0] for edge in edges], dtype=np.int32),
        head=np.array([edge[1] for edge in edges], dtype=np.int32),
        length_m=np.array([_along_m(edge[3])[-1] for edge in edges]),
        build=np.array([edge[2] for edge in edges], dtype=np.int8),
        xy=tuple(edge[3] for edge in edges),
        caveat=caveat,
    )


Edge = tuple[int, int, int, "NDArray[np.float64]"]


def _split_parallel(edges: list[Edge], vertices: int) -> tuple[list[Edge], NDArray[np.float64]]:
    """Make bends of loops and of all but the straightest of parallel edges vertices of their own."""
    groups: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(edge[:2], []).append(edge)
    whole: list[Edge] = []
    bends: list[NDArray[np.float64]] = []
    for (tail, head), group in groups.items():
        group.sort(key=lambda edge: (len(edge[3]) > 2, _along_m(edge[3])[-1]))
        for rank, (_, _, build, line) in enumerate(group):
            parts = 3 if tail == head else min(rank, 1) + 1
            start, first = tail, 0
            for cut in _middle_points(line, parts):
                middle = vertices + len(bends)
                bends.append(line[cut])
                whole.append((start, middle, build, line[first : cut + 1]))
                start, first = middle, cut
            last = line[first:]
            whole.append((head, start, build, last[::-1]) if start > head else (start, head, build, last))
    return whole, np.array(bends).reshape(-1, 2)


def _middle_points(line: NDArray[np.float64], parts: int) -> list[int]:
    """Inner points of a polyline that cut it into parts of about the same length, ascending."""
    along_m = _along_m(line)
    cuts: list[int] = []
    for part in range(1, parts):
        low = cuts[-1] + 1 if cuts else 1
        high = len(line) - 1 - (parts - 1 - part)
        target_m = along_m[-1] * part / parts
        cuts.append(low + int(np.argmin(np.abs(along_m[low:high] - target_m))))
    return cuts


def _along_m(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each point of a polyline from its beginning, metres."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
