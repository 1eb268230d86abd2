/* Unpacks the columns that render/layers.py packed. */
window.dualgig = {};
(function (dg) {
  "use strict";

  const ARRAYS = {
    int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array,
    int32: Int32Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array,
  };
  const STEP = 1e-6;

  /* A table: one property a column, typed arrays and arrays of texts. */
  dg.unpack = async function (text) {
    const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const buffer = await new Response(stream).arrayBuffer();
    const headBytes = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headBytes)));
    const body = 4 + headBytes;
    const table = Object.assign({}, head.texts);
    for (const [name, kind, offset, size] of head.arrays) {
      table[name] = new ARRAYS[kind](buffer, body + offset, size);
    }
    return table;
  };

  /* Web Mercator on a unit square, x to the east and y to the south. */
  const across = (lon) => (lon + 180) / 360;
  const down = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

  dg.latLng = (x, y) =>
    L.latLng((360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90, x * 360 - 180);

  dg.project = (latlng) => ({ x: across(latlng.lng), y: down(latlng.lat) });

  /* Points of a table on the unit square. */
  dg.points = function (table) {
    return {
      x: Float64Array.from(table.lon, (lon) => across(lon * STEP)),
      y: Float64Array.from(table.lat, (lat) => down(lat * STEP)),
    };
  };

  /* Rings or lines of a table on the unit square: x, y; where each ring and each shape begins; boxes. */
  dg.paths = function (table) {
    const n = table.dlon.length;
    const x = new Float64Array(n), y = new Float64Array(n);
    for (let i = 0, lon = 0, lat = 0; i < n; i++) {
      lon += table.dlon[i];
      lat += table.dlat[i];
      x[i] = across(lon * STEP);
      y[i] = down(lat * STEP);
    }
    const path = { x, y, ring: starts(table.vertices), shape: starts(table.rings) };
    path.boxes = Array.from(table.rings, (_, row) => box(path, row));
    return path;
  };

  /* The same from the polygons of a GeoJSON layer. */
  dg.pathsOfGeoJson = function (layer) {
    const x = [], y = [], ring = [0], shape = [0];
    layer.eachLayer(function (child) {
      const parts = child.feature.geometry.type === "Polygon"
        ? [child.feature.geometry.coordinates] : child.feature.geometry.coordinates;
      for (const line of parts.flat()) {
        for (const [lon, lat] of line) {
          x.push(across(lon));
          y.push(down(lat));
        }
        ring.push(x.length);
      }
      shape.push(ring.length - 1);
    });
    const path = { x: Float64Array.from(x), y: Float64Array.from(y), ring, shape };
    path.boxes = shape.slice(1).map((_, row) => box(path, row));
    return path;
  };

  function starts(counts) {
    const total = new Uint32Array(counts.length + 1);
    counts.forEach((count, i) => { total[i + 1] = total[i] + count; });
    return total;
  }

  function box(path, row) {
    const b = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = path.ring[path.shape[row]]; i < path.ring[path.shape[row + 1]]; i++) {
      b[0] = Math.min(b[0], path.x[i]);
      b[1] = Math.min(b[1], path.y[i]);
      b[2] = Math.max(b[2], path.x[i]);
      b[3] = Math.max(b[3], path.y[i]);
    }
    return b;
  }

  /* Whether a point lies in a shape: even-odd over its rings. */
  dg.inside = function (path, row, px, py) {
    const b = path.boxes[row];
    if (px < b[0] || py < b[1] || px > b[2] || py > b[3]) return false;
    let odd = false;
    for (let r = path.shape[row]; r < path.shape[row + 1]; r++) {
      const end = path.ring[r + 1];
      for (let i = path.ring[r], j = end - 1; i < end; j = i++) {
        if (path.y[i] > py !== path.y[j] > py &&
            px < ((path.x[j] - path.x[i]) * (py - path.y[i])) / (path.y[j] - path.y[i]) + path.x[i]) odd = !odd;
      }
    }
    return odd;
  };

  /* Distance from a point to a line, in the unit square. */
  dg.distance = function (path, row, px, py) {
    let best = Infinity;
    for (let r = path.shape[row]; r < path.shape[row + 1]; r++) {
      for (let i = path.ring[r] + 1; i < path.ring[r + 1]; i++) {
        const ax = path.x[i - 1], ay = path.y[i - 1], bx = path.x[i] - ax, by = path.y[i] - ay;
        const t = Math.max(0, Math.min(1, ((px - ax) * bx + (py - ay) * by) / (bx * bx + by * by || 1)));
        best = Math.min(best, Math.hypot(px - ax - t * bx, py - ay - t * by));
      }
    }
    return best;
  };
})(window.dualgig);
