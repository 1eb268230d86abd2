/* Small pictures for the legend, drawn as on the map. */
(function (dg) {
  "use strict";

  /* A small picture for the legend, drawn once for a key. */
  const kept = new Map();
  dg.swatch = function (width, height, draw, key) {
    if (key && kept.has(key)) return kept.get(key);
    const canvas = document.createElement("canvas");
    if (key) kept.set(key, canvas);
    const ratio = Math.max(window.devicePixelRatio || 1, 2);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    canvas.setAttribute("aria-hidden", "true");
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    draw(ctx, ratio);
    return canvas;
  };
  dg.statusSwatch = (status) => dg.swatch(44, 18, function (ctx, ratio) {
    for (const fill of [dg.COLOURS[status], dg.pattern(ctx, status, ratio)]) {
      if (!fill) continue;
      ctx.fillStyle = fill;
      ctx.fillRect(0.5, 0.5, 25, 17);
    }
    ctx.strokeStyle = "#1c2733";
    ctx.globalAlpha = 0.45;
    ctx.strokeRect(0.5, 0.5, 25, 17);
    ctx.globalAlpha = 1;
    dg.statusMark(ctx, 36, 9, 6.5, status);
  }, "status" + status);
  dg.fragileSwatch = () => dg.swatch(24, 18, (ctx) => dg.fragileMark(ctx, 12, 9, 6.5), "fragile");
  dg.assetSwatch = (kind, state) => dg.swatch(24, 22, (ctx) => dg.assetMark(ctx, kind, state, 12, 12, 6.5), kind + state);
  dg.decisionSwatch = (kind, decision) => dg.swatch(24, 22, function (ctx) {
    dg.assetMark(ctx, kind, "unused", 11, 11, 9);
    dg.decisionMark(ctx, decision, 11, 11, 5);
  }, kind + "decision" + decision);
  dg.colourSwatch = (colour) => dg.swatch(24, 16, function (ctx) {
    ctx.fillStyle = colour;
    ctx.fillRect(2.5, 1.5, 19, 13);
    ctx.strokeStyle = "rgba(28, 39, 51, 0.45)";
    ctx.strokeRect(2.5, 1.5, 19, 13);
  }, colour);
  dg.groupSwatch = (number) => dg.swatch(24, 16, function (ctx, ratio) {
    ctx.fillStyle = dg.groupPattern(ctx, number, ratio);
    ctx.fillRect(2.5, 1.5, 19, 13);
    ctx.strokeStyle = "#7a0177";
    ctx.strokeRect(2.5, 1.5, 19, 13);
  }, "group" + number);
  dg.routeSwatch = (build) => dg.swatch(34, 14, function (ctx) {
    const line = new Path2D();
    line.moveTo(1, 7);
    line.lineTo(33, 7);
    dg.routeStroke(ctx, build, { each: (draw) => draw(line) });
  }, "route" + build);

  dg.layerSwatch = (name) => dg.swatch(24, 16, function (ctx, ratio) {
    if (name === "townships") {
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = "#16202b";
      ctx.strokeRect(3, 2.5, 18, 11);
    } else if (name === "villages") {
      dg.COLOURS.forEach(function (colour, i) {
        ctx.fillStyle = colour;
        ctx.fillRect(2 + (i % 2) * 10, 1 + (i >> 1) * 7, 10, 7);
      });
    } else if (name === "labels") {
      ctx.font = "600 12px " + dg.FONT;
      ctx.fillStyle = "#16202b";
      ctx.textAlign = "center";
      ctx.fillText("Aa", 12, 12);
    } else if (name === "roads") {
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = "rgba(60, 52, 44, 0.6)";
      ctx.beginPath();
      ctx.moveTo(2, 12);
      ctx.bezierCurveTo(9, 1, 14, 15, 22, 4);
      ctx.stroke();
    } else if (name === "exclusions") {
      ctx.fillStyle = dg.hatch(ctx, ratio);
      ctx.fillRect(2.5, 1.5, 19, 13);
      ctx.strokeStyle = "rgba(20, 70, 40, 0.9)";
      ctx.strokeRect(2.5, 1.5, 19, 13);
    } else if (name === "base") {
      ctx.strokeStyle = "#3c4a56";
      ctx.strokeRect(2.5, 1.5, 19, 13);
      ctx.beginPath();
      for (const x of [9, 15.5]) {
        ctx.moveTo(x, 1.5);
        ctx.lineTo(x, 14.5);
      }
      ctx.moveTo(2.5, 8);
      ctx.lineTo(21.5, 8);
      ctx.stroke();
    } else {
      const shade = ctx.createLinearGradient(2, 0, 22, 0);
      [["#fdfdfb", 0], ["#aab2b8", 0.45], ["#f2f3f2", 0.55], ["#b9c0c5", 1]].forEach(([c, at]) => shade.addColorStop(at, c));
      ctx.fillStyle = shade;
      ctx.fillRect(2, 1, 20, 14);
    }
  }, "layer" + name);
})(window.dualgig);
