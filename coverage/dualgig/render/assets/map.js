/* Brings the page to life: unpacks, builds the controls, and answers the pointer. */
(function (dg) {
  "use strict";

  const OUTLINE = "#16202b";
  dg.veilStyle = () => ({ stroke: false, fillColor: "#f4f5f3", fillOpacity: 0.55 });

  /* Townships: a boundary; filled by status where villages are not drawn. */
  dg.townshipStyle = function (feature) {
    const towns = dg.table.townships;
    const style = { color: OUTLINE, weight: 1.5, opacity: 0.85, fill: false, lineJoin: "round" };
    if (!towns || dg.villagesDrawn()) return style;
    return Object.assign(style, {
      fill: true, fillColor: dg.COLOURS[dg.status(towns, feature.properties.row)], fillOpacity: 0.8,
    });
  };
  dg.villagesDrawn = () => dg.shown.villages && dg.map.getZoom() >= dg.options.villagesFrom;

  dg.start = async function (map, shapes, packed, options) {
    Object.assign(dg, { map, shapes, options });
    if (typeof DecompressionStream !== "function") {
      document.body.append(dg.h("p.dg-noscript", options.tooOld));
      return;
    }
    const towns = await dg.unpack(packed);
    towns.word_keys.forEach((key, i) => { dg.words[key] = towns.words[i]; });
    dg.reasonWords = ["", ...dg.words.reasons.split(";")];
    towns.points = dg.points(towns);
    towns.paths = dg.pathsOfGeoJson(shapes.townships);
    dg.table.townships = towns;
    await dg.unpacked();
    dg.layers.marks = dg.marks().addTo(map);
    dg.layers.labels = new dg.Canvas("labels", dg.paintLabels).addTo(map);
    controls(map);
    whole(false);
    pointer(map);
    dg.listeners.push(dg.refresh, dg.drawLegend);
    map.on("zoomend", styleTownships);
    dg.change();
    sheet();
    document.documentElement.dataset.ready = "1";
  };

  function styleTownships() {
    dg.shapes.townships.setStyle(dg.townshipStyle);
  }

  function show(layer, visible) {
    if (visible === dg.map.hasLayer(layer)) return;
    if (visible) layer.addTo(dg.map);
    else layer.remove();
  }

  /* Put the layers on the map that are switched on, and paint them anew. */
  dg.refresh = function () {
    const { shown, shapes, layers } = dg;
    for (const name of ["villages", "roads", "exclusions", "labels"]) show(layers[name], shown[name]);
    show(layers.marks, shown.villages);
    show(shapes.townships, shown.townships);
    if (shapes.relief) show(shapes.relief, shown.relief);
    styleTownships();
    Object.values(layers).forEach((layer) => layer.repaint());
  };

  function whole(animate) {
    const bar = document.querySelector(".dg-bar-top");
    dg.map.fitBounds(dg.options.bounds, {
      animate, paddingTopLeft: [12, bar.offsetTop + bar.offsetHeight + 8], paddingBottomRight: [12, 28],
    });
  }

  function controls(map) {
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
    L.control.zoom({ position: "bottomright", zoomInTitle: dg.say("zoom_in"), zoomOutTitle: dg.say("zoom_out") }).addTo(map);
    const fit = L.control({ position: "bottomright" });
    fit.onAdd = function () {
      const button = dg.h("button.dg-whole", "⤢");
      button.type = "button";
      button.title = dg.say("whole");
      button.setAttribute("aria-label", dg.say("whole"));
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", () => whole(true));
      return dg.h("div.leaflet-bar", button);
    };
    fit.addTo(map);
    const bar = dg.h("div.dg-bar-top", dg.searchBox(), dg.choice("service", ["5g", "gigabit", "both"]), dg.choice("time", ["before", "after"]));
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    map.getContainer().append(bar);
  }

  /* What lies at a point of the map, the topmost first. */
  dg.at = function (latlng, reach) {
    const { x, y } = dg.project(latlng), near = reach / dg.map.options.crs.scale(dg.map.getZoom());
    let best = null, least = near;
    if (dg.map.getZoom() >= dg.options.sitesFrom) {
      for (const kind of ["nodes", "sites"]) {
        const { points, id } = dg.table[kind];
        for (let row = 0; row < id.length; row++) {
          const d = Math.hypot(points.x[row] - x, points.y[row] - y);
          if (d <= least && dg.assetShown(kind, row)) [best, least] = [{ kind, row }, d];
        }
      }
    }
    if (best) return best;
    if (dg.shown.villages && dg.map.getZoom() >= dg.options.villagesFrom) {
      const { points, id } = dg.table.villages;
      for (let row = 0; row < id.length; row++) {
        if (!dg.isPoint(row)) continue;
        const d = Math.hypot(points.x[row] - x, points.y[row] - y);
        if (d <= least) [best, least] = [{ kind: "villages", row }, d];
      }
    }
    if (best) return best;
    least = near / 2;
    const routes = dg.table.routes;
    for (let row = 0; row < routes.rings.length; row++) {
      if (!dg.assetShown("routes", row) || !dg.meets([x, y, x, y], routes.paths.boxes[row], near)) continue;
      const d = dg.distance(routes.paths, row, x, y);
      if (d <= least) [best, least] = [{ kind: "routes", row }, d];
    }
    return best || holder("villages", x, y) || holder("townships", x, y);
  };

  function holder(kind, x, y) {
    if (kind === "villages" ? !dg.villagesDrawn() : !dg.shown.townships) return null;
    const { paths } = dg.table[kind];
    for (let row = 0; row < paths.boxes.length; row++) {
      if (dg.inside(paths, row, x, y)) return { kind, row };
    }
    return null;
  }

  function pointer(map) {
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
      if (touch || map.dragging.moving() || event.originalEvent.target.closest(".leaflet-control, .dg-bar-top, .leaflet-popup")) return leave();
      const hit = dg.at(event.latlng, reach);
      if (!hit) return leave();
      const key = hit.kind + hit.row;
      if (key !== last) {
        leave();
        last = key;
        edge = outline(hit);
        if (edge) edge.addTo(map);
        tip.setContent(dg.tip(hit.kind, hit.row));
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
  }

  /* The highlight of what is under the pointer. */
  function outline({ kind, row }) {
    const style = { interactive: false, color: "#111", weight: 3, fill: false, opacity: 0.95 };
    const table = dg.table[kind];
    if (kind === "sites" || kind === "nodes") {
      return L.circleMarker(dg.latLng(table.points.x[row], table.points.y[row]), Object.assign(style, { radius: 11, weight: 2.5 }));
    }
    const { x, y, ring, shape } = table.paths, lines = [];
    for (let r = shape[row]; r < shape[row + 1]; r++) {
      const line = [];
      for (let i = ring[r]; i < ring[r + 1]; i++) line.push(dg.latLng(x[i], y[i]));
      lines.push(line);
    }
    if (!lines.length) return L.circleMarker(dg.latLng(table.points.x[row], table.points.y[row]), Object.assign(style, { radius: 11 }));
    return kind === "routes" ? L.polyline(lines, Object.assign(style, { weight: 5, opacity: 0.6 })) : L.polygon([lines], style);
  }

  function popupAt(latlng, kind, row) {
    const size = dg.map.getSize(), bar = dg.map.getContainer().querySelector(".dg-bar-top");
    const top = bar.offsetTop + bar.offsetHeight + 10, width = Math.min(320, size.x - 50);
    L.popup({
      maxWidth: width, minWidth: Math.min(width, 260), maxHeight: Math.max(size.y - top - 50, 140),
      autoPanPaddingTopLeft: [12, top], autoPanPaddingBottomRight: [12, 8],
    })
      .setLatLng(latlng)
      .setContent(dg.popup(kind, row))
      .openOn(dg.map);
    const cross = dg.map.getContainer().querySelector(".leaflet-popup-close-button");
    if (cross) cross.setAttribute("aria-label", dg.say("close"));
  }

  /* Go to a place or a thing and open its popup. */
  dg.open = function (kind, row) {
    const table = dg.table[kind];
    const latlng = dg.latLng(table.points.x[row], table.points.y[row]);
    collapse();
    const least = kind === "townships" ? 11 : 12.5;
    dg.map.setView(latlng, Math.max(dg.map.getZoom(), least), { animate: false });
    popupAt(latlng, kind, row);
  };

  /* On a narrow screen the panel is a sheet that is drawn up. */
  let collapse = () => {};
  function sheet() {
    const panel = document.getElementById("dg-panel"), handle = document.getElementById("dg-handle");
    const set = function (open) {
      panel.classList.toggle("dg-open", open);
      handle.setAttribute("aria-expanded", open);
    };
    collapse = () => set(false);
    handle.addEventListener("click", () => set(!panel.classList.contains("dg-open")));
    document.querySelector(".dg-foot a").addEventListener("click", function (event) {
      event.preventDefault();
      set(true);
      document.getElementById("dg-about").scrollIntoView({ behavior: "smooth", block: "start" });
    });
    dg.map.on("click", collapse);
  }
})(window.dualgig);
