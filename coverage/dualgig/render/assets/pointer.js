/* What lies under the pointer: hover, click, and going to a place. */
(function (dg) {
  "use strict";

  /* What lies at a point of the map at a time, the topmost first. */
  dg.at = function (latlng, reach, time) {
    const { x, y } = dg.project(latlng), zoom = dg.map.getZoom(), near = reach / dg.scale(zoom);
    time = time || dg.timeAt(dg.map.latLngToContainerPoint(latlng).x);
    let best = null, least = near;
    function nearest(kind, shows) {
      const { points } = dg.table[kind], n = points.x.length;
      for (let row = 0; row < n; row++) {
        const dx = points.x[row] - x, dy = points.y[row] - y;
        if (dx > near || dx < -near || dy > near || dy < -near) continue;
        const d = Math.hypot(dx, dy);
        if (d <= least && shows(row)) [best, least] = [{ kind, row }, d];
      }
    }
    if (dg.sitesDrawn(zoom)) for (const kind of ["nodes", "sites"]) nearest(kind, (row) => dg.assetShown(kind, row, time));
    if (!best && dg.villagesDrawn()) nearest("villages", dg.isPoint);
    if (best) return best;
    least = near / 2;
    const { build, paths } = dg.table.routes;
    for (let row = 0; row < build.length; row++) {
      if (!dg.boxMeets(paths.boxes, row, [x, y, x, y], near) || !dg.assetShown("routes", row, time)) continue;
      const d = dg.distance(paths, row, x, y);
      if (d <= least) [best, least] = [{ kind: "routes", row }, d];
    }
    return best || holder("villages", x, y) || holder("townships", x, y);
  };

  function holder(kind, x, y) {
    if (kind === "villages" ? !dg.villagesDrawn() : !dg.shown.townships) return null;
    const { paths } = dg.table[kind];
    for (let row = 0; row < paths.boxes.length / 4; row++) {
      if (dg.inside(paths, row, x, y)) return { kind, row };
    }
    return null;
  }

  dg.followPointer = function (map) {
    const tip = L.tooltip({ className: "dg-tip", direction: "top", offset: [0, -8], opacity: 1 });
    const touch = window.matchMedia("(hover: none)").matches, reach = touch ? 16 : 10;
    let edge = null, last = "";

    function leave() {
      last = "";
      tip.remove();
      if (edge) edge.remove();
      edge = null;
      map.getContainer().classList.remove("dg-pointing");
    }
    map.on("mousemove", function (event) {
      const over = event.originalEvent.target.closest(".leaflet-control, .dg-over, .leaflet-popup");
      if (touch || map.dragging.moving() || over) return leave();
      const time = dg.timeAt(event.containerPoint.x), hit = dg.at(event.latlng, reach, time);
      if (!hit) return leave();
      const key = hit.kind + hit.row + time;
      if (key !== last) {
        leave();
        last = key;
        edge = outline(hit);
        if (edge) edge.addTo(map);
        tip.setContent(dg.tip(hit.kind, hit.row, time));
        map.getContainer().classList.add("dg-pointing");
      }
      tip.setLatLng(event.latlng);
      if (!map.hasLayer(tip)) tip.addTo(map);
    });
    map.on("mouseout movestart zoomstart", leave);
    map.on("click", function (event) {
      const hit = dg.at(event.latlng, reach);
      leave();
      if (hit) popupAt(event.latlng, hit.kind, hit.row);
    });
    map.on("popupclose", function () {
      dg.opened = null;
      dg.keepAddress();
    });
  };

  /* The highlight of what is under the pointer. */
  function outline({ kind, row }) {
    const style = { interactive: false, color: "#111", weight: 3, fill: false, opacity: 0.95 };
    const table = dg.table[kind], rings = table.paths ? dg.ringsOf(table.paths, row) : [];
    if (!rings.length) {
      return L.circleMarker(dg.latLng(table.points.x[row], table.points.y[row]), Object.assign(style, { radius: 11, weight: 2.5 }));
    }
    const lines = rings.map((line) => line.map(([x, y]) => dg.latLng(x, y)));
    return kind === "routes" ? L.polyline(lines, Object.assign(style, { weight: 5, opacity: 0.6 })) : L.polygon([lines], style);
  }

  function popupAt(latlng, kind, row) {
    const size = dg.map.getSize(), bar = dg.map.getContainer().querySelector(".dg-bar-top");
    const top = bar.offsetTop + bar.offsetHeight + 10, width = Math.min(320, size.x - 50);
    const popup = L.popup({
      maxWidth: width, minWidth: Math.min(width, 260), maxHeight: Math.max(size.y - top - 50, 140),
      autoPanPaddingTopLeft: [12, top], autoPanPaddingBottomRight: [60, 8], closeButton: false,
    }).setLatLng(latlng);
    const close = dg.button(".dg-close", dg.say("close"), () => dg.map.closePopup(popup), "✕");
    const body = dg.popup(kind, row);
    body.append(close);
    popup.setContent(body).openOn(dg.map);
    popup.getElement().setAttribute("role", "dialog");
    popup.getElement().setAttribute("aria-label", dg.table[kind].name ? dg.table[kind].name[row] : dg.say("level.route"));
    dg.opened = { kind, row };
    dg.keepAddress();
  }
  dg.opened = null;

  /* Go to a place or a thing and open its popup. */
  dg.open = function (kind, row, stay) {
    const { points } = dg.table[kind];
    if (!points) return;
    const latlng = dg.latLng(points.x[row], points.y[row]), least = kind === "townships" ? 11 : 12.5;
    dg.closeSheet();
    if (!stay) dg.map.setView(latlng, Math.max(dg.map.getZoom(), least), { animate: false });
    popupAt(latlng, kind, row);
  };
})(window.dualgig);
