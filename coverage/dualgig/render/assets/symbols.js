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

  /* Slanted lines, one way or crossed, as a repeating tile. */
  function lines(ctx, key, size, ratio, style, width, slants) {
    key += "/" + ratio;
    if (!patterns.has(key)) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = Math.round(size * ratio);
      const c = tile.getContext("2d");
      c.scale(tile.width / size, tile.height / size);
      c.strokeStyle = style;
      c.lineWidth = width;
      c.beginPath();
      for (const d of [-size, 0, size]) {
        if (slants.includes("/")) {
          c.moveTo(d - 1, size + 1);
          c.lineTo(d + size + 1, -1);
        }
        if (slants.includes("\\")) {
          c.moveTo(d - 1, -1);
          c.lineTo(d + size + 1, size + 1);
        }
      }
      if (slants.includes("-")) {
        c.moveTo(0, size / 2);
        c.lineTo(size, size / 2);
      }
      if (slants.includes("|")) {
        c.moveTo(size / 2, 0);
        c.lineTo(size / 2, size);
      }
      c.stroke();
      patterns.set(key, tile);
    }
    const pattern = ctx.createPattern(patterns.get(key), "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    return pattern;
  }
  dg.hatch = (ctx, ratio) => lines(ctx, "hatch", 7, ratio, "rgba(20, 70, 40, 0.7)", 1, "\\");

  /* Groups are told apart by the slant of their lines. */
  const SLANTS = ["/", "\\", "-", "|", "/\\", "-|"];
  dg.GROUP_PATTERN = 12;
  dg.groupPattern = (ctx, number, ratio) =>
    lines(ctx, "group" + (number % SLANTS.length), dg.GROUP_PATTERN, ratio, "rgba(122, 1, 119, 0.55)", 1.3, SLANTS[number % SLANTS.length]);

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

  /* A locked site carries a padlock, a forbidden one a cross. */
  dg.decisionMark = function (ctx, decision, x, y, r) {
    const s = Math.max(2.6, r * 0.46), cx = x + r * 0.95, cy = y + r * 0.75;
    ctx.lineWidth = 1.3;
    ctx.lineCap = "round";
    if (decision === dg.LOCKED) {
      for (const [grow, colour] of [[1.2, "#fff"], [0, INK]]) {
        ctx.strokeStyle = ctx.fillStyle = colour;
        ctx.lineWidth = 1.3 + 2 * grow;
        ctx.beginPath();
        ctx.arc(cx, cy - s * 0.35, s * 0.62, Math.PI, 0);
        ctx.stroke();
        ctx.fillRect(cx - s - grow, cy - s * 0.35 - grow, 2 * s + 2 * grow, s * 1.5 + 2 * grow);
      }
      return;
    }
    ctx.beginPath();
    for (const [dx, dy] of [[1, 1], [1, -1]]) {
      ctx.moveTo(x - dx * r, y - dy * r);
      ctx.lineTo(x + dx * r, y + dy * r);
    }
    for (const [width, colour] of [[4, "#fff"], [1.8, INK]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke();
    }
  };
  dg.LOCKED = 1;
  dg.FORBIDDEN = 2;

  /* Symbols are drawn once and stamped: thousands of them are in a view. */
  const stamps = new Map();
  dg.stamp = function (ctx, frame, kind, state, decision, u, v, r) {
    const ratio = frame.ratio, key = [kind, state, decision, r, ratio].join(), half = Math.ceil(r * 1.5 + 5);
    let picture = stamps.get(key);
    if (!picture) {
      picture = document.createElement("canvas");
      picture.width = picture.height = Math.round(2 * half * ratio);
      const c = picture.getContext("2d");
      c.scale(ratio, ratio);
      dg.assetMark(c, kind, dg.STATES[state], half, half, r);
      if (decision) dg.decisionMark(c, decision, half, half, state === 3 ? r * 0.6 : r);
      stamps.set(key, picture);
    }
    const x = Math.round((frame.x(u) - half) * ratio) / ratio, y = Math.round((frame.y(v) - half) * ratio) / ratio;
    ctx.drawImage(picture, x, y, picture.width / ratio, picture.height / ratio);
  };

  /* One wedge a sector, 65 degrees wide, where the plan gives azimuths (degrees from north, clockwise). */
  dg.wedges = function (ctx, x, y, r, azimuths, state) {
    for (const text of azimuths.split(";").filter(Boolean)) {
      const middle = ((Number(text) - 90) * Math.PI) / 180, half = (32.5 * Math.PI) / 180;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.arc(x, y, r * 2.9, middle - half, middle + half);
      ctx.closePath();
      ctx.fillStyle = state === 0 ? "rgba(255, 255, 255, 0.7)" : "rgba(10, 110, 104, 0.38)";
      ctx.fill();
      ctx.lineWidth = 1.2;
      ctx.strokeStyle = dg.RADIO;
      ctx.stroke();
    }
  };

  const DASHES = { aerial: [7, 4], buried: [], duct: [], mixed: [9, 3, 2, 3], existing: [1.5, 4] };
  dg.routeStroke = function (ctx, build, parts) {
    const wide = build === "duct";
    ctx.lineJoin = "round";
    ctx.lineCap = "butt";
    ctx.setLineDash([]);
    ctx.lineWidth = wide ? 6.5 : 4.6;
    ctx.strokeStyle = "rgba(255, 255, 255, 0.85)";
    parts.each((path2d) => ctx.stroke(path2d));
    ctx.setLineDash(DASHES[build]);
    ctx.lineWidth = wide ? 4.6 : build === "existing" ? 2 : 2.4;
    ctx.strokeStyle = dg.FIBRE;
    parts.each((path2d) => ctx.stroke(path2d));
    ctx.setLineDash([]);
    if (wide) {
      ctx.lineWidth = 1.4;
      ctx.strokeStyle = "#fff";
      parts.each((path2d) => ctx.stroke(path2d));
    }
  };
})(window.dualgig);
