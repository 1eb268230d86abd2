/* Names on the map: townships always, villages when there is room; none covers another. */
(function (dg) {
  "use strict";

  const VILLAGES_FROM = 12, LONGEST = 24;

  /* A name of at most LONGEST narrow letters; a Chinese character is as wide as two. */
  function short(name) {
    let width = 0, text = "";
    for (const letter of name) {
      width += letter.codePointAt(0) > 0x2e7f ? 2 : 1;
      if (width > LONGEST) return text + "…";
      text += letter;
    }
    return name;
  }

  /* Boxes that are taken, in cells of a coarse grid. */
  const CELL = 64;
  function taken() {
    const cells = new Map();
    const each = function ([left, top, right, bottom], what) {
      for (let i = Math.floor(left / CELL); i <= Math.floor(right / CELL); i++) {
        for (let j = Math.floor(top / CELL); j <= Math.floor(bottom / CELL); j++) what(i + "/" + j);
      }
    };
    return {
      add: (box) => each(box, (key) => (cells.has(key) ? cells.get(key).push(box) : cells.set(key, [box]))),
      fits: function (box) {
        let free = true;
        each(box, (key) => { free = free && (cells.get(key) || []).every((other) => !meets(box, other, 1)); });
        return free;
      },
    };
  }
  const meets = (a, b, margin) =>
    a[0] <= b[2] + margin && a[2] >= b[0] - margin && a[1] <= b[3] + margin && a[3] >= b[1] - margin;

  const widths = new Map();
  function widthOf(ctx, text, font) {
    const key = font + text;
    if (!widths.has(key)) widths.set(key, ctx.measureText(text).width);
    return widths.get(key);
  }

  /* A white plate behind a township's name. */
  function plate(ctx, [left, top, right, bottom]) {
    ctx.beginPath();
    const r = (bottom - top) / 2, middle = (top + bottom) / 2;
    ctx.arc(left + r, middle, r, Math.PI / 2, -Math.PI / 2);
    ctx.arc(right - r, middle, r, -Math.PI / 2, Math.PI / 2);
    ctx.closePath();
    ctx.fillStyle = "rgba(255, 255, 255, 0.86)";
    ctx.fill();
  }

  function halo(ctx, text, x, y, width) {
    ctx.lineJoin = "round";
    ctx.lineWidth = width;
    ctx.strokeStyle = "rgba(255, 255, 255, 0.92)";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = "#16202b";
    ctx.fillText(text, x, y);
  }

  /* Boxes of the sites and nodes in view, which names keep clear of where they can. */
  function obstacles(frame) {
    const boxes = taken(), r = dg.markRadius(frame.zoom) + 1;
    if (!dg.sitesDrawn(frame.zoom)) return boxes;
    for (const kind of ["sites", "nodes"]) {
      if (!dg.inView(kind, frame.time)) continue;
      const table = dg.table[kind], { points } = table, states = dg.assetStates(table, frame.time);
      for (let row = 0; row < states.length; row++) {
        const x = frame.x(points.x[row]), y = frame.y(points.y[row]);
        if (x < 0 || y < 0 || x > frame.width || y > frame.height || !dg.shown[kind][dg.STATES[states[row]]]) continue;
        boxes.add([x - r, y - r, x + r, y + r]);
      }
    }
    return boxes;
  }

  function townships(ctx, frame, placed, marks) {
    const table = dg.table.townships, statuses = dg.statuses(table, frame.time);
    const size = frame.zoom >= 10.5 ? 14 : frame.zoom >= 9 ? 12.5 : 11.5, font = "600 " + size + "px " + dg.FONT;
    for (let row = 0; row < table.people.length; row++) {
      const x = frame.x(table.points.x[row]), y = frame.y(table.points.y[row]);
      if (x < -80 || y < -40 || x > frame.width + 80 || y > frame.height + 40) continue;
      ctx.font = font;
      const text = short(table.name[row]), r = size * 0.5, half = (widthOf(ctx, text, font) + 2 * r + 4) / 2;
      const shifts = frame.zoom < 10.5 ? [0, -14, 14] : [0, -22, 22, -40, 40];
      const boxes = shifts.map((dy) => [x - half - 2, y + dy - size * 0.8, x + half + 4, y + dy + size * 0.8]);
      const box = boxes.find((b) => placed.fits(b) && marks.fits(b)) || boxes.find((b) => placed.fits(b));
      if (!box) continue;
      placed.add(box);
      plate(ctx, box);
      const middle = (box[1] + box[3]) / 2;
      dg.statusMark(ctx, x - half + r, middle, r, statuses[row]);
      ctx.font = font;
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      ctx.fillStyle = "#16202b";
      ctx.fillText(text, x - half + 2 * r + 4, middle + 0.5);
    }
  }

  function villages(ctx, frame, placed, marks) {
    const table = dg.table.villages;
    const font = "12px " + dg.FONT;
    ctx.font = font;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (let row = 0; row < table.people.length; row++) {
      const x = frame.x(table.points.x[row]), y = frame.y(table.points.y[row]);
      if (x < -60 || y < -20 || x > frame.width + 60 || y > frame.height + 20) continue;
      const text = short(table.name[row]), half = widthOf(ctx, text, font) / 2 + 2;
      const centres = [[x, y + 17], [x, y - 17], [x + half + 12, y], [x - half - 12, y]];
      const centre = centres.find(([cx, cy]) => {
        const box = [cx - half, cy - 8, cx + half, cy + 8];
        return placed.fits(box) && marks.fits(box);
      });
      if (!centre) continue;
      placed.add([centre[0] - half, centre[1] - 8, centre[0] + half, centre[1] + 8]);
      halo(ctx, text, centre[0], centre[1], 3);
    }
  }

  /* Names of counties, in the middle of their townships. */
  let middles = null;
  function counties(ctx, frame, placed) {
    const { county, points } = dg.table.townships, font = "650 13px " + dg.FONT;
    if (!middles) {
      middles = new Map();
      county.forEach(function (name, row) {
        const sum = middles.get(name) || [0, 0, 0];
        middles.set(name, [sum[0] + points.x[row], sum[1] + points.y[row], sum[2] + 1]);
      });
    }
    ctx.font = font;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const [name, [x, y, n]] of middles) {
      const text = short(name), cx = frame.x(x / n), cy = frame.y(y / n), half = widthOf(ctx, text, font) / 2 + 3;
      const box = [cx - half, cy - 9, cx + half, cy + 9];
      if (!placed.fits(box)) continue;
      placed.add(box);
      halo(ctx, text, cx, cy, 4);
    }
  }

  dg.paintLabels = function (ctx, frame) {
    if (!dg.shown.labels) return;
    const placed = taken();
    if (frame.zoom < dg.options.villages_from && dg.counties.length > 1) return counties(ctx, frame, placed);
    const marks = obstacles(frame);
    townships(ctx, frame, placed, marks);
    if (frame.zoom >= Math.max(VILLAGES_FROM, dg.options.villages_from) && dg.shown.villages) {
      villages(ctx, frame, placed, marks);
    }
  };
})(window.dualgig);
