/* Layers that draw themselves on a canvas over the view, and are asked what lies under the pointer. */
(function (dg) {
  "use strict";

  const Z_INDEX = { villages: 310, exclusions: 330, roads: 340, routes: 370, marks: 375, assets: 380, labels: 390 };
  const unpacking = [];

  /* A canvas that covers the view with some margin; `paint(ctx, frame)` draws on it. */
  dg.Canvas = L.Renderer.extend({
    options: { padding: 0.35 },

    initialize: function (name, paint) {
      L.Renderer.prototype.initialize.call(this, { pane: "dg-" + name });
      this._pane = name;
      this._paint = paint;
    },

    onAdd: function (map) {
      if (!map.getPane(this.options.pane)) {
        const pane = map.createPane(this.options.pane);
        pane.style.zIndex = Z_INDEX[this._pane];
        pane.style.pointerEvents = "none";
      }
      L.Renderer.prototype.onAdd.call(this);
    },

    getEvents: function () {
      return Object.assign(L.Renderer.prototype.getEvents.call(this), { move: this._keepUp });
    },

    repaint: function () {
      if (this._map) this._update();
    },

    /* While the map is dragged, paint again once the view leaves what is painted. */
    _keepUp: function () {
      if (this._map._animatingZoom || !this._bounds) return;
      const size = this._map.getSize();
      const min = this._map.containerPointToLayerPoint([0, 0]);
      if (!this._bounds.contains(L.bounds(min, min.add(size)))) this._update();
    },

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._ctx = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      this._container.remove();
      this._container = this._ctx = null;
    },

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const ratio = window.devicePixelRatio || 1;
      const size = this._bounds.getSize(), min = this._bounds.min;
      L.DomUtil.setPosition(this._container, min);
      this._container.width = size.x * ratio;
      this._container.height = size.y * ratio;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      const zoom = this._map.getZoom(), scale = this._map.options.crs.scale(zoom);
      const origin = this._map.getPixelOrigin().add(min);
      const left = origin.x / scale, top = origin.y / scale;
      const ctx = this._ctx;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      this._paint(ctx, {
        zoom, scale, ratio, width: size.x, height: size.y, origin,
        x: (u) => (u - left) * scale,
        y: (v) => (v - top) * scale,
        box: [left, top, left + size.x / scale, top + size.y / scale],
      });
    },
  });

  dg.meets = (a, b, margin) =>
    a[0] <= b[2] + margin && a[2] >= b[0] - margin && a[1] <= b[3] + margin && a[3] >= b[1] - margin;

  /* Add a shape's rings to a path, leaving out vertices closer than half a pixel. */
  function trace(path, shapes, row, frame, close) {
    for (let r = shapes.shape[row]; r < shapes.shape[row + 1]; r++) {
      const from = shapes.ring[r], to = shapes.ring[r + 1];
      let lastX = Infinity, lastY = Infinity;
      for (let i = from; i < to; i++) {
        const x = frame.x(shapes.x[i]), y = frame.y(shapes.y[i]);
        if (i === from) path.moveTo(x, y);
        else if (i === to - 1 || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.5) path.lineTo(x, y);
        else continue;
        lastX = x;
        lastY = y;
      }
      if (close) path.closePath();
    }
  }

  /* Fill with a pattern that stays put on the ground while the canvas moves. */
  function fillPattern(ctx, path, pattern, period, frame) {
    const dx = -(frame.origin.x % period), dy = -(frame.origin.y % period);
    pattern.setTransform(new DOMMatrix().translate(dx, dy).scale(1 / frame.ratio));
    ctx.fillStyle = pattern;
    ctx.fill(path, "evenodd");
  }

  const picked = (table, row) => !dg.view.reason || dg.reasons(table, row).includes(dg.view.reason);
  dg.isPoint = function (row) {
    const { shape } = dg.table.villages.paths;
    return shape[row] === shape[row + 1];
  };

  const painters = {
    villages: function (ctx, frame, table) {
      const shapes = table.paths, fills = [0, 1, 2, 3].map(() => new Path2D());
      const faded = [0, 1, 2, 3].map(() => new Path2D()), edges = new Path2D();
      if (frame.zoom < dg.options.villagesFrom) return;
      for (let row = 0; row < table.id.length; row++) {
        const status = dg.status(table, row);
        if (dg.isPoint(row) || !dg.meets(shapes.boxes[row], frame.box, 0)) continue;
        trace((picked(table, row) ? fills : faded)[status], shapes, row, frame, true);
        trace(edges, shapes, row, frame, true);
      }
      for (const [paths, alpha] of [[fills, 0.92], [faded, 0.16]]) {
        paths.forEach(function (path, status) {
          ctx.globalAlpha = alpha;
          ctx.fillStyle = dg.COLOURS[status];
          ctx.fill(path, "evenodd");
          const pattern = dg.pattern(ctx, status, frame.ratio);
          if (pattern) fillPattern(ctx, path, pattern, dg.PATTERN, frame);
        });
      }
      ctx.globalAlpha = 1;
      ctx.lineWidth = frame.zoom < 11 ? 0.5 : 0.8;
      ctx.strokeStyle = "rgba(40, 50, 60, 0.45)";
      ctx.stroke(edges);
    },

    /* Villages that are points: round marks over the other layers; and a mark beside the fragile ones. */
    marks: function (ctx, frame, table) {
      if (frame.zoom < dg.options.villagesFrom) return;
      const r = Math.max(3, Math.min(9, frame.zoom - 4)), { x, y } = table.points;
      for (let row = 0; row < table.id.length; row++) {
        if (!dg.isPoint(row) || !dg.meets([x[row], y[row], x[row], y[row]], frame.box, (2 * r) / frame.scale)) continue;
        ctx.globalAlpha = picked(table, row) ? 1 : 0.2;
        dg.statusMark(ctx, frame.x(x[row]), frame.y(y[row]), r, dg.status(table, row));
      }
      if (!dg.shown.fragile) return;
      for (let row = 0; row < table.id.length; row++) {
        if (!dg.isFragile(table, row) || !dg.meets([x[row], y[row], x[row], y[row]], frame.box, (2 * r) / frame.scale)) continue;
        ctx.globalAlpha = picked(table, row) ? 1 : 0.2;
        dg.fragileMark(ctx, frame.x(x[row]) + r, frame.y(y[row]) - r, Math.min(r, 7));
      }
    },

    exclusions: function (ctx, frame, table) {
      const path = new Path2D();
      for (let row = 0; row < table.id.length; row++) {
        if (dg.meets(table.paths.boxes[row], frame.box, 0)) trace(path, table.paths, row, frame, true);
      }
      fillPattern(ctx, path, dg.hatch(ctx, frame.ratio), 7, frame);
      ctx.strokeStyle = "rgba(20, 70, 40, 0.9)";
      ctx.lineWidth = 1.4;
      ctx.stroke(path);
    },

    roads: function (ctx, frame, table) {
      const path = new Path2D();
      for (let row = 0; row < table.rings.length; row++) {
        if (dg.meets(table.paths.boxes[row], frame.box, 0)) trace(path, table.paths, row, frame, false);
      }
      const width = Math.max(0.6, Math.min(3, (frame.zoom - 8) * 0.4));
      ctx.lineJoin = "round";
      ctx.lineWidth = width;
      ctx.strokeStyle = "rgba(60, 52, 44, 0.42)";
      ctx.stroke(path);
    },

    routes: function (ctx, frame, table) {
      for (let row = 0; row < table.rings.length; row++) {
        if (!dg.assetShown("routes", row) || !dg.meets(table.paths.boxes[row], frame.box, 0)) continue;
        const path = new Path2D();
        trace(path, table.paths, row, frame, false);
        dg.routeStroke(ctx, dg.BUILDS[table.build[row]], path);
      }
    },

    sites: assets("sites"),
    nodes: assets("nodes"),
  };

  function assets(kind) {
    return function (ctx, frame, table) {
      if (frame.zoom < dg.options.sitesFrom) return;
      const r = dg.markRadius(frame.zoom), margin = (2 * r) / frame.scale, order = [3, 0, 1, 2];
      for (const state of order) {
        for (let row = 0; row < table.id.length; row++) {
          if (dg.STATES.indexOf(dg.assetState(table, row)) !== state || !dg.assetShown(kind, row)) continue;
          const x = table.points.x[row], y = table.points.y[row];
          if (dg.meets([x, y, x, y], frame.box, margin)) {
            dg.assetMark(ctx, kind, dg.STATES[state], frame.x(x), frame.y(y), r);
          }
        }
      }
    };
  }
  dg.markRadius = (zoom) => Math.max(2.6, Math.min(9, (zoom - 5) * 0.85));

  /* A layer from a pack; its table is there once `dg.unpacked()` has resolved. */
  dg.layer = function (kind, packed) {
    const pane = kind === "sites" || kind === "nodes" ? "assets" : kind;
    const layer = new dg.Canvas(pane, function (ctx, frame) {
      const table = dg.table[kind];
      if (table) painters[kind](ctx, frame, table);
    });
    dg.layers[kind] = layer;
    if (typeof DecompressionStream === "function") {
      unpacking.push(dg.unpack(packed).then(function (table) {
        if (table.lon) table.points = dg.points(table);
        if (table.rings) table.paths = dg.paths(table);
        dg.table[kind] = table;
      }));
    }
    return layer;
  };
  dg.layers = {};
  dg.marks = () => new dg.Canvas("marks", (ctx, frame) => painters.marks(ctx, frame, dg.table.villages));
  dg.unpacked = () => Promise.all(unpacking);
})(window.dualgig);
