"""The demo's files as a planner in China has them: other names, formats, encodings and CRS."""

import shutil
import sqlite3
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from dualgig.project import Project
from dualgig.region.load import load_region

DEMO = Path(__file__).parents[2] / "data" / "qingyuan"

TOWNSHIP_COLUMNS = {"id": "行政区划代码", "name": "名称", "county": "区县", "kind": "类型"}
VILLAGE_COLUMNS = {
    "id": "村代码",
    "name": "村名称",
    "township": "所属乡镇代码",
    "kind": "城乡类型",
    "priority": "重点行政村",
    "eligible": "有条件行政村",
    "population": "2020年常住人口",
    "households": "户数",
    "fibre": "光纤现状",
    "node": "上联机房",
}
SITE_COLUMNS = {
    "id": "站址编码",
    "name": "站名",
    "structure": "建设方式",
    "kind": "塔型",
    "operators": "在址运营商",
    "on_air": "现网5G配置",
    "mast_m": "挂高(m)",
    "decision": "规划意见",
    "power_km": "引电距离(km)",
    "track_km": "便道长度(km)",
    "transport": "传输方式",
    "lon": "经度",
    "lat": "纬度",
}
NODE_COLUMNS = {
    "id": "机房编码",
    "name": "机房名称",
    "kind": "机房类型",
    "stands": "设备现状",
    "ports": "PON口数",
    "lon": "经度",
    "lat": "纬度",
}
KEYPOINT_COLUMNS = {
    "id": "编号",
    "name": "点位名称",
    "kind": "点位类型",
    "village": "行政村代码",
    "township": "乡镇代码",
    "households": "户数",
}
DEMAND_COLUMNS = {"id": "编号", "village": "村代码", "weight": "人口数"}

WORDS = {
    "structure": {"existing": "存量", "new": "新建"},
    "transport": {"fibre": "光缆", "microwave": "微波"},
    "decision": {"free": "可选", "locked": "必建", "forbidden": "禁建"},
    "fibre": {"none": "无", "gpon": "GPON", "10gpon": "10G-PON"},
    "flag": {"0": "否", "1": "是", 0: "否", 1: "是"},
    "kind": {
        "seat": "乡镇政府",
        "committee": "村委会",
        "school": "小学",
        "clinic": "卫生室",
        "settlement": "自然村",
    },
    "place": {"village": "行政村", "community": "社区"},
}


@pytest.fixture(scope="session")
def demo_region():
    """The demo's region, from its own project file."""
    return load_region(Project.load(DEMO / "project.toml"))


@pytest.fixture
def demo_in_chinese(tmp_path):
    """The demo with Chinese columns and words, in a folder of its own, beside what is no input."""
    folder = tmp_path / "某县数据"
    (folder / "图层").mkdir(parents=True)
    (folder / "表格").mkdir()
    _polygons(folder)
    _points(folder)
    shutil.copy(DEMO / "status.csv", folder / "表格" / "现状台账.csv")
    shutil.copy(DEMO / "dem_90m.tif", folder / "高程.tif")
    shutil.copy(DEMO / "relief_2min.asc", folder / "relief.asc")
    shutil.copy(DEMO / "roads.osm", folder / "道路.osm")
    (folder / "说明.txt").write_text("数据说明\n", encoding="utf-8")
    return folder


def _polygons(folder):
    """Township shapefile in GBK without CRS and encoding, village and reserve layers in one GeoPackage."""
    townships = gpd.read_file(DEMO / "townships.geojson")[[*TOWNSHIP_COLUMNS, "geometry"]]
    townships["kind"] = "乡镇"
    path = folder / "图层" / "乡镇界.shp"
    # A shapefile's names end after 10 bytes: 行政区划代码 becomes 行政区划代.
    renamed = townships.rename(columns=TOWNSHIP_COLUMNS | {"id": "行政区划代"})
    renamed.to_crs(4490).to_file(path, encoding="GBK")
    for suffix in (".cpg", ".prj"):
        path.with_suffix(suffix).unlink()
    villages = gpd.read_file(DEMO / "villages.geojson")[[*VILLAGE_COLUMNS, "geometry"]]
    for column in ("priority", "eligible"):
        villages[column] = villages[column].map(WORDS["flag"])
    villages["fibre"] = villages["fibre"].map(WORDS["fibre"])
    villages["kind"] = villages["kind"].map(WORDS["place"])
    # QGIS adds a column that counts rows; it is not the code.
    villages.insert(0, "id", range(1, len(villages) + 1), allow_duplicates=True)
    columns = [f"gid_{n}" if n == 0 else name for n, name in enumerate(villages.columns)]
    villages.columns = columns
    package = folder / "图层" / "基础数据.gpkg"
    villages = villages.rename(columns=VILLAGE_COLUMNS).rename(columns={"gid_0": "id"})
    villages.to_crs(4549).to_file(package, layer="行政村")
    reserve = gpd.read_file(DEMO / "exclusions.geojson")
    reserve.rename(columns={"id": "编号", "name": "名称", "kind": "类别"}).to_file(package, layer="生态红线")
    gpd.read_file(DEMO / "county.geojson").to_file(package, layer="县界")
    with sqlite3.connect(package) as connection:
        connection.execute("create table layer_styles (id integer primary key, styleQML text)")


def _points(folder):
    """Sites as a workbook with two sheets, nodes and key points as CSV in GBK, key points in metres."""
    sites = pd.read_csv(DEMO / "sites.csv", dtype=str)[list(SITE_COLUMNS)]
    for column in ("structure", "transport", "decision"):
        sites[column] = sites[column].map(WORDS[column])
    numbers = {
        column: pd.to_numeric(sites[column]) for column in ("mast_m", "power_km", "track_km", "lon", "lat")
    }
    with pd.ExcelWriter(folder / "表格" / "站址清单.xlsx", engine="openpyxl") as book:
        pd.DataFrame({"说明": ["来源"], "内容": ["资源系统导出"]}).to_excel(
            book, sheet_name="说明", index=False
        )
        sites.assign(**numbers).rename(columns=SITE_COLUMNS).to_excel(book, sheet_name="站址", index=False)
    nodes = pd.read_csv(DEMO / "nodes.csv", dtype=str)[list(NODE_COLUMNS)]
    nodes["stands"] = nodes["stands"].map(WORDS["fibre"])
    nodes["kind"] = nodes["kind"].map({"office": "机房", "olt": "OLT", "exchange": "交换中心"})
    nodes.rename(columns=NODE_COLUMNS).to_csv(folder / "表格" / "机房.csv", index=False, encoding="gbk")
    keypoints = pd.read_csv(DEMO / "keypoints.csv", dtype=str)
    placed = gpd.GeoSeries.from_xy(
        keypoints.pop("lon").astype(float), keypoints.pop("lat").astype(float), crs=4326
    )
    metres = placed.to_crs(4528)
    keypoints = keypoints[list(KEYPOINT_COLUMNS)]
    keypoints["kind"] = keypoints["kind"].map(WORDS["kind"])
    keypoints = keypoints.rename(columns=KEYPOINT_COLUMNS)
    # As surveyors name them: X is the northing, Y the easting with the number of the zone.
    keypoints["X坐标"], keypoints["Y坐标"] = metres.y.round(3), metres.x.round(3)
    keypoints.to_csv(folder / "表格" / "考核点位.csv", index=False, encoding="gbk")
    demand = pd.read_csv(DEMO / "demand.csv", dtype=str)
    demand = demand[[*DEMAND_COLUMNS, "lon", "lat"]].rename(columns=DEMAND_COLUMNS)
    demand.to_csv(folder / "表格" / "自然村人口.csv", index=False, encoding="utf-8-sig")
