/* Canvases over the view: panning copies what is painted and paints only the strips that come into view. */
(function (dg) {
  "use strict";

  const Z_INDEX = { ground: 310, over: 380, labels: 390 };
  const MARGIN = 12;
  dg.PAUSE_MS = 120;

  /* A canvas that covers the view with some margin; `painters` draw on it, for one time. */
  dg.Canvas = L.Renderer.extend({
    options: { padding: 0.15 },

    initialize: function (name, time, painters) {
      this._name = "dg-" + name + "-" + time;
      L.Renderer.prototype.initialize.call(this, { pane: this._name });
      Object.assign(this, { kind: name, time, painters });
    },

    onAdd: function (map) {
      if (!map.getPane(this._name)) {
        const pane = map.createPane(this._name);
        pane.classList.add("dg-pane-" + this.kind);
        pane.style.zIndex = Z_INDEX[this.kind];
        pane.style.pointerEvents = "none";
      }
      this._painted = null;
      L.Renderer.prototype.onAdd.call(this);
    },

    getEvents: function () {
      return Object.assign(L.Renderer.prototype.getEvents.call(this), { move: this._keepUp });
    },

    repaint: function () {
      this._painted = null;
      if (this._map) this._update();
    },

    /* While the map is dragged, paint again once the view leaves what is painted. */
    _keepUp: function () {
      if (this._map._animatingZoom || !this._bounds) return;
      const size = this._map.getSize(), min = this._map.containerPointToLayerPoint([0, 0]);
      if (!this._bounds.contains(L.bounds(min, min.add(size)))) this._update();
    },

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._spare = document.createElement("canvas");
      this._ctx = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      this._container.remove();
      this._container = this._spare = this._ctx = null;
    },

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const ratio = window.devicePixelRatio || 1, size = this._bounds.getSize(), min = this._bounds.min;
      const origin = this._map.getPixelOrigin();
      const now = { x: origin.x + min.x, y: origin.y + min.y, zoom: this._map.getZoom(), width: size.x, height: size.y, ratio };
      const was = this._painted;
      // Names are placed all at once, a moment after the map has come to rest.
      if (this.kind === "labels" && was && was.zoom === now.zoom && was.width === now.width && was.height === now.height) {
        return this._later();
      }
      clearTimeout(this._timer);
      this._painted = now;
      const dx = was ? was.x - now.x : 0, dy = was ? was.y - now.y : 0;
      const copies = was && was.zoom === now.zoom && was.width === now.width &&
        was.height === now.height && was.ratio === ratio && (dx * ratio) % 1 === 0 && (dy * ratio) % 1 === 0 &&
        Math.abs(dx) < now.width && Math.abs(dy) < now.height;
      if (!copies) {
        for (const canvas of [this._container, this._spare]) {
          canvas.width = Math.round(size.x * ratio);
          canvas.height = Math.round(size.y * ratio);
          canvas.style.width = size.x + "px";
          canvas.style.height = size.y + "px";
        }
        L.DomUtil.setPosition(this._container, min);
        this._strip(now, [0, 0, now.width, now.height]);
        return;
      }
      L.DomUtil.setPosition(this._container, min);
      if (dx || dy) this._shift(now, dx, dy, min);
    },

    _later: function () {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => { if (this._map && !this._map._animatingZoom) this.repaint(); }, dg.PAUSE_MS);
      // What is painted stays where it lies.
      const { _painted: was } = this, origin = this._map.getPixelOrigin();
      this._bounds = L.bounds([was.x - origin.x, was.y - origin.y], [was.x - origin.x + was.width, was.y - origin.y + was.height]);
    },

    /* Copy what stays in view to the spare canvas, which is several times faster than within one, and show that. */
    _shift: function (now, dx, dy, min) {
      const old = this._container;
      this._container = this._spare;
      this._spare = old;
      L.DomUtil.setPosition(this._container, min);
      this._container.className = old.className;
      const ctx = (this._ctx = this._container.getContext("2d"));
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.globalCompositeOperation = "copy";
      ctx.drawImage(old, dx * now.ratio, dy * now.ratio);
      ctx.globalCompositeOperation = "source-over";
      old.parentNode.replaceChild(this._container, old);
      if (dx) this._strip(now, dx > 0 ? [0, 0, dx, now.height] : [now.width + dx, 0, now.width, now.height]);
      const [left, right] = [Math.max(dx, 0), now.width + Math.min(dx, 0)];
      if (dy) this._strip(now, dy > 0 ? [left, 0, right, dy] : [left, now.height + dy, right, now.height]);
    },

    /* Paint a part of the canvas: pixels [left, top, right, bottom]. */
    _strip: function (now, [left, top, right, bottom]) {
      const ctx = this._ctx, scale = dg.scale(now.zoom), x0 = now.x / scale, y0 = now.y / scale;
      ctx.setTransform(now.ratio, 0, 0, now.ratio, 0, 0);
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, right - left, bottom - top);
      ctx.clip();
      const frame = {
        zoom: now.zoom, scale, ratio: now.ratio, width: now.width, height: now.height, origin: now, time: this.time,
        x: (u) => (u - x0) * scale,
        y: (v) => (v - y0) * scale,
        x0, y0,
        strip: [left, top, right, bottom],
        box: [x0 + (left - MARGIN) / scale, y0 + (top - MARGIN) / scale, x0 + (right + MARGIN) / scale, y0 + (bottom + MARGIN) / scale],
      };
      for (const paint of this.painters) paint(ctx, frame);
      ctx.restore();
    },
  });

  /* The canvases of one time, from below to above. */
  function stack(time) {
    return ["ground", "over", "labels"].map((name) => new dg.Canvas(name, time, dg.painters[name]));
  }

  dg.stacks = {};
  dg.repaint = function () {
    const times = dg.view.time === "swipe" ? ["before", "after"] : [dg.view.time];
    for (const time of ["before", "after"]) {
      const wanted = times.includes(time);
      if (wanted && !dg.stacks[time]) dg.stacks[time] = stack(time);
      for (const canvas of dg.stacks[time] || []) {
        if (wanted && dg.map.hasLayer(canvas)) canvas.repaint();
        else if (wanted) canvas.addTo(dg.map);
        else canvas.remove();
      }
    }
    dg.clip();
  };

  /* With the swipe, each time shows on its side of the divider. */
  dg.clip = function () {
    const swiping = dg.view.time === "swipe", size = dg.map.getSize();
    const min = dg.map.containerPointToLayerPoint([0, 0]), at = min.x + dg.view.swipe * size.x;
    const far = 1e5, edges = { before: [-far, at], after: [at, far] };
    for (const time of ["before", "after"]) {
      for (const canvas of dg.stacks[time] || []) {
        const [left, right] = edges[time];
        dg.map.getPane(canvas._name).style.clip = swiping ? `rect(${-far}px, ${right}px, ${far}px, ${left}px)` : "";
      }
    }
  };

  const unpacking = [];

  /* A layer from a pack; its table is there once `dg.unpacked()` has resolved. */
  dg.layer = function (kind, packed) {
    unpacking.push([kind, packed]);
    return L.layerGroup();
  };
  dg.unpacked = (unit) => Promise.all(unpacking.map(async function ([kind, packed]) {
    const table = await dg.unpack(packed);
    if (table.x) table.points = dg.points(table, unit);
    if (table.rings) table.paths = dg.paths(table, unit);
    dg.table[kind] = table;
  }));
  dg.packs = () => unpacking.map(([, packed]) => packed);
})(window.dualgig);
