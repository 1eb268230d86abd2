/* Unpacks the columns that render/layers.py packed. */
window.dualgig = {};
(function (dg) {
  "use strict";

  const ARRAYS = {
    int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array,
    int32: Int32Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array,
  };
  const PLANES = { int16: 2, uint16: 2, int32: 4, uint32: 4 };

  dg.canUnpack = (packed) => packed.startsWith("plain,") || typeof DecompressionStream === "function";

  /* A table: one property a column, typed arrays and arrays of texts. */
  dg.unpack = async function (packed) {
    const comma = packed.indexOf(",");
    let buffer = bytes(packed.slice(comma + 1)).buffer;
    if (packed.startsWith("gzip")) {
      const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
      buffer = await new Response(stream).arrayBuffer();
    }
    const headBytes = new DataView(buffer).getUint32(0, true), body = 4 + headBytes;
    const table = {};
    for (const [name, kind, offset, size] of JSON.parse(text(buffer, 4, headBytes))) {
      if (kind === "text") lazy(table, name, buffer, body + offset, size);
      else if (PLANES[kind]) table[name] = joined(new Uint8Array(buffer, body + offset, size * PLANES[kind]), kind, size);
      else table[name] = new ARRAYS[kind](buffer, body + offset, size);
    }
    return table;
  };

  function bytes(base64) {
    const letters = atob(base64), n = letters.length, array = new Uint8Array(n);
    for (let i = 0; i < n; i++) array[i] = letters.charCodeAt(i);
    return array;
  }

  const text = (buffer, from, size) => new TextDecoder().decode(new Uint8Array(buffer, from, size));

  /* Texts are made when they are first asked for: a page of 200,000 names need not wait for them. */
  function lazy(table, name, buffer, offset, size) {
    let texts = null;
    Object.defineProperty(table, name, { enumerable: true, get: () => texts || (texts = textsAt(buffer, offset, size)) });
  }
  function textsAt(buffer, offset, size) {
    const shared = new Uint8Array(buffer, offset + 4, size), bytes = new DataView(buffer).getUint32(offset, true);
    const texts = size ? text(buffer, offset + 4 + size, bytes).split("\0") : [];
    for (let row = 1; row < size; row++) {
      if (shared[row]) texts[row] = texts[row - 1].slice(0, shared[row]) + texts[row];
    }
    return texts;
  }

  /* Integers from their planes of bytes; signed ones are unfolded. */
  function joined(plane, kind, n) {
    const array = new ARRAYS[kind](n), signed = kind.startsWith("int"), wide = PLANES[kind] === 4;
    const second = n, third = 2 * n, fourth = 3 * n;
    for (let i = 0; i < n; i++) {
      let v = plane[i] | (plane[i + second] << 8);
      if (wide) v |= (plane[i + third] << 16) | (plane[i + fourth] << 24);
      array[i] = signed ? (v >>> 1) ^ -(v & 1) : v;
    }
    return array;
  }
})(window.dualgig);
