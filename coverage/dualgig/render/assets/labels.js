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

  function fits(placed, box) {
    return placed.every((other) => !dg.meets(box, other, 1));
  }

  /* A white plate behind a township's name. */
  function plate(ctx, [left, top, right, bottom]) {
    ctx.beginPath();
    ctx.roundRect(left - 1, top, right - left + 3, bottom - top, (bottom - top) / 2);
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
    const boxes = [], r = dg.markRadius(frame.zoom) + 1;
    if (frame.zoom < dg.options.sitesFrom) return boxes;
    for (const kind of ["sites", "nodes"]) {
      const { points, id } = dg.table[kind];
      for (let row = 0; row < id.length; row++) {
        const x = frame.x(points.x[row]), y = frame.y(points.y[row]);
        if (x < 0 || y < 0 || x > frame.width || y > frame.height || !dg.assetShown(kind, row)) continue;
        boxes.push([x - r, y - r, x + r, y + r]);
      }
    }
    return boxes;
  }

  function townships(ctx, frame, placed, marks) {
    const table = dg.table.townships;
    const size = frame.zoom >= 10.5 ? 14 : frame.zoom >= 9 ? 12.5 : 11.5, font = "600 " + size + "px " + dg.FONT;
    for (let row = 0; row < table.id.length; row++) {
      const x = frame.x(table.points.x[row]), y = frame.y(table.points.y[row]);
      if (x < -80 || y < -40 || x > frame.width + 80 || y > frame.height + 40) continue;
      ctx.font = font;
      const text = short(table.name[row]), r = size * 0.5, half = (ctx.measureText(text).width + 2 * r + 4) / 2;
      const shifts = frame.zoom < 10.5 ? [0, -14, 14] : [0, -22, 22, -40, 40];
      const boxes = shifts.map((dy) => [x - half - 2, y + dy - size * 0.8, x + half + 4, y + dy + size * 0.8]);
      const box = boxes.find((b) => fits(placed, b) && fits(marks, b)) || boxes.find((b) => fits(placed, b));
      if (!box) continue;
      placed.push(box);
      plate(ctx, box);
      const middle = (box[1] + box[3]) / 2;
      dg.statusMark(ctx, x - half + r, middle, r, dg.status(table, row));
      ctx.font = font;
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      ctx.fillStyle = "#16202b";
      ctx.fillText(text, x - half + 2 * r + 4, middle + 0.5);
    }
  }

  function villages(ctx, frame, placed, marks) {
    const table = dg.table.villages;
    ctx.font = "12px " + dg.FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (let row = 0; row < table.id.length; row++) {
      const x = frame.x(table.points.x[row]), y = frame.y(table.points.y[row]);
      if (x < -60 || y < -20 || x > frame.width + 60 || y > frame.height + 20) continue;
      const text = short(table.name[row]), half = ctx.measureText(text).width / 2 + 2;
      const centres = [[x, y + 17], [x, y - 17], [x + half + 12, y], [x - half - 12, y]];
      const centre = centres.find(([cx, cy]) => {
        const box = [cx - half, cy - 8, cx + half, cy + 8];
        return fits(placed, box) && fits(marks, box);
      });
      if (!centre) continue;
      placed.push([centre[0] - half, centre[1] - 8, centre[0] + half, centre[1] + 8]);
      halo(ctx, text, centre[0], centre[1], 3);
    }
  }

  dg.paintLabels = function (ctx, frame) {
    const placed = [], marks = obstacles(frame);
    townships(ctx, frame, placed, marks);
    if (frame.zoom >= Math.max(VILLAGES_FROM, dg.options.villagesFrom) && dg.shown.villages) {
      villages(ctx, frame, placed, marks);
    }
  };
})(window.dualgig);
