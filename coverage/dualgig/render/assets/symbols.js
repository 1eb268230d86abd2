/* Colours, patterns and symbols: the map and the legend draw with the same functions. */
(function (dg) {
  "use strict";

  dg.COLOURS = ["#4575b4", "#fee090", "#fc8d59", "#d73027"];
  dg.RADIO = "#0a6e68";
  dg.FIBRE = "#6a3d9a";
  const MUTED = "#7b8794", INK = "#1c2733";
  const MARKS = ["✓", "+", "–", "!"];
  const MARK_INK = ["#fff", "#3d2c00", "#3d1600", "#fff"];

  const patterns = new Map();

  /* The pattern over a status' colour: none, dots, lines, crossed lines. */
  dg.pattern = function (ctx, status, ratio) {
    const key = status + "/" + ratio;
    if (!patterns.has(key)) patterns.set(key, patternTile(status, ratio));
    const tile = patterns.get(key);
    if (!tile) return null;
    const pattern = ctx.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    return pattern;
  };
  dg.PATTERN = 10;

  function patternTile(status, ratio) {
    if (status === dg.SERVED_BEFORE) return null;
    const s = dg.PATTERN;
    const tile = document.createElement("canvas");
    tile.width = tile.height = Math.round(s * ratio);
    const c = tile.getContext("2d");
    c.scale(tile.width / s, tile.height / s);
    if (status === dg.NEWLY_SERVED) {
      c.fillStyle = "rgba(150, 100, 0, 0.5)";
      for (const [x, y] of [[2.5, 2.5], [7.5, 7.5]]) {
        c.beginPath();
        c.arc(x, y, 0.85, 0, 7);
        c.fill();
      }
      return tile;
    }
    c.strokeStyle = status === dg.GAP ? "rgba(120, 45, 5, 0.55)" : "rgba(255, 255, 255, 0.62)";
    c.lineWidth = 1.1;
    c.beginPath();
    for (const d of [-s, 0, s]) {
      c.moveTo(d - 1, s + 1);
      c.lineTo(d + s + 1, -1);
      if (status === dg.DUTY_GAP) {
        c.moveTo(d - 1, -1);
        c.lineTo(d + s + 1, s + 1);
      }
    }
    c.stroke();
    return tile;
  }

  dg.hatch = function (ctx, ratio) {
    const key = "hatch/" + ratio;
    if (!patterns.has(key)) {
      const s = 7, tile = document.createElement("canvas");
      tile.width = tile.height = Math.round(s * ratio);
      const c = tile.getContext("2d");
      c.scale(tile.width / s, tile.height / s);
      c.strokeStyle = "rgba(20, 70, 40, 0.7)";
      c.lineWidth = 1;
      c.beginPath();
      for (const d of [-s, 0, s]) {
        c.moveTo(d - 1, -1);
        c.lineTo(d + s + 1, s + 1);
      }
      c.stroke();
      patterns.set(key, tile);
    }
    const pattern = ctx.createPattern(patterns.get(key), "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    return pattern;
  };

  /* A round mark with its sign, for places without an outline and for labels. */
  dg.statusMark = function (ctx, x, y, r, status) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fillStyle = dg.COLOURS[status];
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = "rgba(28, 39, 51, 0.8)";
    ctx.stroke();
    if (r < 4) return;
    ctx.fillStyle = MARK_INK[status];
    ctx.font = "bold " + Math.round(r * 1.7) + "px " + dg.FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(MARKS[status], x, y + 0.5);
  };

  /* A question mark beside a place that one model serves and the other does not. */
  dg.fragileMark = function (ctx, x, y, r) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fillStyle = "#fff";
    ctx.fill();
    ctx.lineWidth = Math.max(1, r * 0.25);
    ctx.strokeStyle = INK;
    ctx.stroke();
    if (r < 4) return;
    ctx.fillStyle = INK;
    ctx.font = "bold " + Math.round(r * 1.6) + "px " + dg.FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("?", x, y + 0.5);
  };
  dg.FONT = '"Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", ' +
    '"Source Han Sans SC", "WenQuanYi Zen Hei", sans-serif';

  function outlined(ctx, fill, stroke, width) {
    ctx.lineJoin = "round";
    ctx.lineWidth = width + 2.4;
    ctx.strokeStyle = "rgba(255, 255, 255, 0.95)";
    ctx.stroke();
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.lineWidth = width;
    ctx.strokeStyle = stroke;
    ctx.stroke();
  }

  function arrowUp(ctx, x, y, r) {
    ctx.beginPath();
    ctx.moveTo(x - r * 0.52, y + r * 0.02);
    ctx.lineTo(x, y - r * 0.55);
    ctx.lineTo(x + r * 0.52, y + r * 0.02);
    ctx.moveTo(x, y - r * 0.5);
    ctx.lineTo(x, y + r * 0.6);
    ctx.strokeStyle = "#fff";
    ctx.lineWidth = Math.max(1.2, r * 0.28);
    ctx.lineCap = ctx.lineJoin = "round";
    ctx.stroke();
  }

  /* Sites are round, nodes square; hollow stood before, filled with an arrow is upgraded; new has a shape of its own. */
  dg.assetMark = function (ctx, kind, state, x, y, r) {
    const colour = kind === "sites" ? dg.RADIO : dg.FIBRE;
    ctx.beginPath();
    if (state === "unused") {
      r *= 0.55;
      if (kind === "sites") ctx.arc(x, y, r, 0, 7);
      else ctx.rect(x - r, y - r, 2 * r, 2 * r);
      outlined(ctx, "rgba(255, 255, 255, 0.75)", MUTED, 1.1);
      return;
    }
    if (state === "new" && kind === "sites") {
      ctx.moveTo(x, y - r * 1.28);
      ctx.lineTo(x + r * 1.18, y + r * 0.86);
      ctx.lineTo(x - r * 1.18, y + r * 0.86);
      ctx.closePath();
    } else if (state === "new") {
      ctx.moveTo(x, y - r * 1.3);
      ctx.lineTo(x + r * 1.3, y);
      ctx.lineTo(x, y + r * 1.3);
      ctx.lineTo(x - r * 1.3, y);
      ctx.closePath();
    } else if (kind === "sites") ctx.arc(x, y, r, 0, 7);
    else ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    outlined(ctx, state === "existing" ? "#fff" : colour, colour, 1.6);
    if (state === "upgraded") arrowUp(ctx, x, y, r);
    if (state === "existing") {
      ctx.beginPath();
      ctx.arc(x, y, Math.max(1.2, r * 0.32), 0, 7);
      ctx.fillStyle = colour;
      ctx.fill();
    }
  };

  const DASHES = { aerial: [7, 4], buried: [], duct: [], mixed: [9, 3, 2, 3], existing: [1.5, 4] };
  dg.routeStroke = function (ctx, build, path) {
    const wide = build === "duct";
    ctx.lineJoin = "round";
    ctx.lineCap = "butt";
    ctx.setLineDash([]);
    ctx.lineWidth = wide ? 6.5 : 4.6;
    ctx.strokeStyle = "rgba(255, 255, 255, 0.85)";
    ctx.stroke(path);
    ctx.setLineDash(DASHES[build]);
    ctx.lineWidth = wide ? 4.6 : build === "existing" ? 2 : 2.4;
    ctx.strokeStyle = dg.FIBRE;
    ctx.stroke(path);
    ctx.setLineDash([]);
    if (wide) {
      ctx.lineWidth = 1.4;
      ctx.strokeStyle = "#fff";
      ctx.stroke(path);
    }
  };

  /* A small picture for the legend. */
  dg.swatch = function (width, height, draw) {
    const canvas = document.createElement("canvas");
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
    ctx.strokeStyle = INK;
    ctx.globalAlpha = 0.45;
    ctx.strokeRect(0.5, 0.5, 25, 17);
    ctx.globalAlpha = 1;
    dg.statusMark(ctx, 36, 9, 6.5, status);
  });
  dg.assetSwatch = (kind, state) => dg.swatch(24, 22, (ctx) => dg.assetMark(ctx, kind, state, 12, 12, 6.5));
  dg.routeSwatch = (build) => dg.swatch(34, 14, function (ctx) {
    const line = new Path2D();
    line.moveTo(1, 7);
    line.lineTo(33, 7);
    dg.routeStroke(ctx, build, line);
  });
})(window.dualgig);
