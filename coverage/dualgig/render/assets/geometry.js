/* The page's coordinates: whole numbers on a square of Web Mercator with 2^30 units a side. */
(function (dg) {
  "use strict";

  const WORLD = Math.pow(2, 30);
  const FULL_FROM = 14, SMALL = 20000;

  /* Pixels a unit at a zoom. */
  dg.scale = (zoom) => (256 * Math.pow(2, zoom)) / WORLD;

  dg.latLng = (x, y) => L.latLng(
    (360 / Math.PI) * Math.atan(Math.exp((0.5 - y / WORLD) * 2 * Math.PI)) - 90, (x / WORLD) * 360 - 180);

  dg.project = (latlng) => ({
    x: (latlng.lng / 360 + 0.5) * WORLD,
    y: (0.5 - Math.log(Math.tan(Math.PI / 4 + (latlng.lat * Math.PI) / 360)) / (2 * Math.PI)) * WORLD,
  });

  function summed(steps, unit) {
    const array = new Int32Array(steps.length);
    let at = 0;
    for (let i = 0; i < steps.length; i++) array[i] = (at += steps[i]) * unit;
    return array;
  }

  function starts(counts) {
    const total = new Uint32Array(counts.length + 1);
    for (let i = 0, sum = 0; i < counts.length; i++) total[i + 1] = sum += counts[i];
    return total;
  }

  dg.points = (table, unit) => ({ x: summed(table.x, unit), y: summed(table.y, unit) });

  /* Arcs (x, y, where each begins), rings of references to arcs, shapes of rings, and their boxes. */
  dg.paths = function (table, unit) {
    const path = {
      x: summed(table.dx, unit), y: summed(table.dy, unit), arc: starts(table.lengths),
      refs: summed(table.refs, 1), ring: starts(table.arcs), shape: starts(table.rings), levels: {},
    };
    boxes(path);
    return path;
  };

  function boxes(path) {
    const { x, y, arc, refs, ring, shape } = path;
    const arcs = new Int32Array(4 * (arc.length - 1)), shapes = new Int32Array(4 * (shape.length - 1));
    for (let a = 0; a < arc.length - 1; a++) {
      let west = 2e9, north = 2e9, east = -2e9, south = -2e9;
      for (let i = arc[a]; i < arc[a + 1]; i++) {
        if (x[i] < west) west = x[i];
        if (x[i] > east) east = x[i];
        if (y[i] < north) north = y[i];
        if (y[i] > south) south = y[i];
      }
      arcs.set([west, north, east, south], 4 * a);
    }
    for (let row = 0; row < shape.length - 1; row++) {
      let west = 2e9, north = 2e9, east = -2e9, south = -2e9;
      for (let i = ring[shape[row]]; i < ring[shape[row + 1]]; i++) {
        const b = 4 * (refs[i] < 0 ? ~refs[i] : refs[i]);
        west = Math.min(west, arcs[b]);
        north = Math.min(north, arcs[b + 1]);
        east = Math.max(east, arcs[b + 2]);
        south = Math.max(south, arcs[b + 3]);
      }
      shapes.set([west, north, east, south], 4 * row);
    }
    Object.assign(path, { arcBoxes: arcs, boxes: shapes });
  }

  /* Whether the box of a row meets a box, with a margin. */
  dg.boxMeets = (boxes, row, box, margin) => {
    const b = 4 * row;
    return boxes[b] <= box[2] + margin && boxes[b + 2] >= box[0] - margin &&
      boxes[b + 1] <= box[3] + margin && boxes[b + 3] >= box[1] - margin;
  };

  /* The arcs with what a zoom can show: vertices closer than a pixel and a quarter are left out. */
  dg.level = function (path, zoom) {
    const z = Math.ceil(zoom);
    if (z >= FULL_FROM || path.x.length < SMALL) return path;
    if (!path.levels[z]) path.levels[z] = thinned(path, 1.25 / dg.scale(z));
    return path.levels[z];
  };

  function thinned({ x, y, arc }, least) {
    const keptX = new Int32Array(x.length), keptY = new Int32Array(x.length), kept = new Uint32Array(arc.length);
    let n = 0;
    for (let a = 0; a < arc.length - 1; a++) {
      const from = arc[a], last = arc[a + 1] - 1;
      let lastX = x[from], lastY = y[from];
      keptX[n] = lastX;
      keptY[n++] = lastY;
      for (let i = from + 1; i < last; i++) {
        const dx = x[i] - lastX, dy = y[i] - lastY;
        if (dx < least && dx > -least && dy < least && dy > -least) continue;
        keptX[n] = lastX = x[i];
        keptY[n++] = lastY = y[i];
      }
      keptX[n] = x[last];
      keptY[n++] = y[last];
      kept[a + 1] = n;
    }
    return { x: keptX.slice(0, n), y: keptY.slice(0, n), arc: kept };
  }

  /* Whether a point lies in a shape: even-odd over its rings. */
  dg.inside = function (path, row, px, py) {
    const { x, y, arc, refs, ring, shape } = path;
    if (!dg.boxMeets(path.boxes, row, [px, py, px, py], 0)) return false;
    let odd = false;
    for (let i = ring[shape[row]]; i < ring[shape[row + 1]]; i++) {
      const a = refs[i] < 0 ? ~refs[i] : refs[i];
      for (let j = arc[a] + 1; j < arc[a + 1]; j++) {
        if (y[j] > py !== y[j - 1] > py && px < ((x[j - 1] - x[j]) * (py - y[j])) / (y[j - 1] - y[j]) + x[j]) odd = !odd;
      }
    }
    return odd;
  };

  /* Distance from a point to a line, in units. */
  dg.distance = function (path, row, px, py) {
    const { x, y, arc, refs, ring, shape } = path;
    let best = Infinity;
    for (let i = ring[shape[row]]; i < ring[shape[row + 1]]; i++) {
      const k = refs[i] < 0 ? ~refs[i] : refs[i];
      for (let j = arc[k] + 1; j < arc[k + 1]; j++) {
        const ax = x[j - 1], ay = y[j - 1], bx = x[j] - ax, by = y[j] - ay;
        const t = Math.max(0, Math.min(1, ((px - ax) * bx + (py - ay) * by) / (bx * bx + by * by || 1)));
        best = Math.min(best, Math.hypot(px - ax - t * bx, py - ay - t * by));
      }
    }
    return best;
  };

  /* The rings of a shape as lists of [x, y]. */
  dg.ringsOf = function (path, row) {
    const { x, y, arc, refs, ring, shape } = path, rings = [];
    for (let r = shape[row]; r < shape[row + 1]; r++) {
      const line = [];
      for (let i = ring[r]; i < ring[r + 1]; i++) {
        const a = refs[i] < 0 ? ~refs[i] : refs[i], n = arc[a + 1] - arc[a];
        for (let k = line.length ? 1 : 0; k < n; k++) {
          const j = refs[i] < 0 ? arc[a + 1] - 1 - k : arc[a] + k;
          line.push([x[j], y[j]]);
        }
      }
      rings.push(line);
    }
    return rings;
  };

  /* The shapes on both sides of each arc, -1 for none. */
  dg.sides = function (path) {
    if (path.sides) return path.sides;
    const { refs, ring, shape, arc } = path, left = new Int32Array(arc.length - 1).fill(-1), right = left.slice();
    for (let row = 0; row < shape.length - 1; row++) {
      for (let i = ring[shape[row]]; i < ring[shape[row + 1]]; i++) {
        if (refs[i] < 0) right[~refs[i]] = row;
        else left[refs[i]] = row;
      }
    }
    return (path.sides = { left, right });
  };
})(window.dualgig);
