/* What is drawn on the canvases, from below to above. A painter gets the part of the view to draw. */
(function (dg) {
  "use strict";

  const OUTLINE = "#16202b", VEIL = "rgba(244, 245, 243, 0.55)";

  /* Where a province's villages are a few pixels wide a pattern would be noise. */
  const crowded = (frame) => dg.options.villages_from > 0 && frame.zoom < dg.options.villages_from + 1;
  const villagesDrawn = (frame) => dg.shown.villages && frame.zoom >= dg.options.villages_from;
  dg.villagesDrawn = () => villagesDrawn({ zoom: dg.map.getZoom() });
  dg.sitesDrawn = (zoom) => zoom >= dg.options.sites_from;

  /* Paths of some hundred vertices each: what a browser needs for one grows with the square of them. */
  const MOST_VERTICES = 600;
  function pieces() {
    const done = [];
    let path2d = null, vertices = MOST_VERTICES;
    return {
      next: function (more) {
        if ((vertices += more) > MOST_VERTICES) {
          done.push((path2d = new Path2D()));
          vertices = more;
        }
        return path2d;
      },
      each: (draw) => done.forEach(draw),
    };
  }

  /* Add a shape to the pieces, with the detail that the zoom can show. */
  function trace(parts, path, level, row, frame, close) {
    const { refs, ring, shape } = path, { x, y, arc } = level, { x0, y0, scale } = frame;
    let more = 0;
    for (let i = ring[shape[row]]; i < ring[shape[row + 1]]; i++) {
      const a = refs[i] < 0 ? ~refs[i] : refs[i];
      more += arc[a + 1] - arc[a];
    }
    const path2d = parts.next(more);
    for (let r = shape[row]; r < shape[row + 1]; r++) {
      let begun = false;
      for (let i = ring[r]; i < ring[r + 1]; i++) {
        const back = refs[i] < 0, a = back ? ~refs[i] : refs[i], step = back ? -1 : 1;
        let j = back ? arc[a + 1] - 1 : arc[a];
        const end = back ? arc[a] - 1 : arc[a + 1];
        if (begun) j += step;
        else {
          path2d.moveTo((x[j] - x0) * scale, (y[j] - y0) * scale);
          begun = true;
          j += step;
        }
        for (; j !== end; j += step) path2d.lineTo((x[j] - x0) * scale, (y[j] - y0) * scale);
      }
      if (close) path2d.closePath();
    }
  }

  /* Add the arcs in view to the pieces, each once. */
  function traceArcs(parts, path, level, frame, wanted) {
    const { x, y, arc } = level, { x0, y0, scale } = frame;
    for (let a = 0; a < arc.length - 1; a++) {
      if (!dg.boxMeets(path.arcBoxes, a, frame.box, 0) || (wanted && !wanted(a))) continue;
      const end = arc[a + 1], path2d = parts.next(end - arc[a]);
      let j = arc[a];
      path2d.moveTo((x[j] - x0) * scale, (y[j] - y0) * scale);
      for (j++; j < end; j++) path2d.lineTo((x[j] - x0) * scale, (y[j] - y0) * scale);
    }
  }

  /* Fill with a pattern that stays put on the ground while the canvas moves. */
  function fillPattern(ctx, parts, pattern, period, frame) {
    pattern.setTransform(new DOMMatrix().translate(-(frame.origin.x % period), -(frame.origin.y % period)).scale(1 / frame.ratio));
    fill(ctx, parts, pattern);
  }
  function fill(ctx, parts, style) {
    ctx.fillStyle = style;
    parts.each((path2d) => ctx.fill(path2d));
  }
  function stroke(ctx, parts, style, width) {
    ctx.lineJoin = "round";
    ctx.lineWidth = width;
    ctx.strokeStyle = style;
    parts.each((path2d) => ctx.stroke(path2d));
  }

  const picked = (table, row) => !dg.view.reason || dg.reasons(table, row).includes(dg.view.reason);
  dg.isPoint = function (row) {
    const { shape } = dg.table.villages.paths;
    return shape[row] === shape[row + 1];
  };

  /* Shapes filled by their status; those that a reason does not pick out are pale. */
  function fillStatuses(ctx, frame, table, alpha, patterned) {
    const { paths } = table, level = dg.level(paths, frame.zoom), statuses = dg.statuses(table, frame.time);
    const fills = [0, 1, 2, 3].map(pieces), faded = fills.map(pieces);
    for (let row = 0; row < statuses.length; row++) {
      if (!dg.boxMeets(paths.boxes, row, frame.box, 0)) continue;
      trace((picked(table, row) ? fills : faded)[statuses[row]], paths, level, row, frame, true);
    }
    for (const [some, opacity] of [[fills, alpha], [faded, alpha / 6]]) {
      some.forEach(function (parts, status) {
        ctx.globalAlpha = opacity;
        fill(ctx, parts, dg.COLOURS[status]);
        const pattern = patterned && dg.pattern(ctx, status, frame.ratio);
        if (pattern) fillPattern(ctx, parts, pattern, dg.PATTERN, frame);
      });
    }
    ctx.globalAlpha = 1;
  }

  function villages(ctx, frame) {
    const table = dg.table.villages;
    if (!villagesDrawn(frame)) return;
    if (!dg.shown.rsrp || !dg.rasters) fillStatuses(ctx, frame, table, 0.92, !crowded(frame));
    if (crowded(frame)) return;
    const edges = pieces();
    traceArcs(edges, table.paths, dg.level(table.paths, frame.zoom), frame);
    stroke(ctx, edges, "rgba(40, 50, 60, 0.45)", frame.zoom < 11 ? 0.5 : 0.8);
  }

  /* Townships take the colours where villages are not drawn. */
  function townshipFill(ctx, frame) {
    if (dg.shown.townships && !villagesDrawn(frame) && !(dg.shown.rsrp && dg.rasters)) fillStatuses(ctx, frame, dg.table.townships, 0.85, true);
  }

  function raster(ctx, frame) {
    if (!dg.shown.rsrp || !dg.rasters) return;
    const { image, box } = dg.rasters[frame.time];
    const left = frame.x(box[0]), top = frame.y(box[1]);
    ctx.globalAlpha = 0.9;
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(image, left, top, frame.x(box[2]) - left, frame.y(box[3]) - top);
    ctx.globalAlpha = 1;
  }

  /* What lies outside the region is pale. Where no outer border is in view, all of it is inside or outside. */
  function veil(ctx, frame) {
    const { paths, people } = dg.table.townships, [left, top, right, bottom] = frame.strip, parts = pieces();
    const level = dg.level(paths, frame.zoom), { left: one, right: other } = dg.sides(paths);
    let a = 0;
    while (a < one.length && !((one[a] < 0 || other[a] < 0) && dg.boxMeets(paths.arcBoxes, a, frame.box, 0))) a++;
    if (a === one.length) {
      const x = (frame.box[0] + frame.box[2]) / 2, y = (frame.box[1] + frame.box[3]) / 2;
      for (let row = 0; row < people.length; row++) if (dg.inside(paths, row, x, y)) return;
    }
    ctx.fillStyle = VEIL;
    ctx.fillRect(left, top, right - left, bottom - top);
    for (let row = 0; row < people.length; row++) {
      if (dg.boxMeets(paths.boxes, row, frame.box, 0)) trace(parts, paths, level, row, frame, true);
    }
    ctx.globalCompositeOperation = "destination-out";
    fill(ctx, parts, "#000");
    ctx.globalCompositeOperation = "source-over";
  }

  function exclusions(ctx, frame) {
    const { paths } = dg.table.exclusions, parts = pieces(), level = dg.level(paths, frame.zoom);
    if (!dg.shown.exclusions) return;
    for (let row = 0; row < paths.boxes.length / 4; row++) {
      if (dg.boxMeets(paths.boxes, row, frame.box, 0)) trace(parts, paths, level, row, frame, true);
    }
    fillPattern(ctx, parts, dg.hatch(ctx, frame.ratio), 7, frame);
    stroke(ctx, parts, "rgba(20, 70, 40, 0.9)", 1.4);
  }

  function roads(ctx, frame) {
    const { paths } = dg.table.roads, parts = pieces();
    if (!dg.shown.roads) return;
    traceArcs(parts, paths, dg.level(paths, frame.zoom), frame);
    stroke(ctx, parts, "rgba(60, 52, 44, 0.42)", Math.max(0.6, Math.min(3, (frame.zoom - 8) * 0.4)));
  }

  /* Township borders; those between counties are bolder. */
  function townships(ctx, frame) {
    const table = dg.table.townships, { paths } = table;
    if (!dg.shown.townships) return;
    const level = dg.level(paths, frame.zoom), { left, right } = dg.sides(paths), { county } = table;
    const between = (a) => left[a] < 0 || right[a] < 0 || county[left[a]] !== county[right[a]];
    const far = frame.zoom < dg.options.villages_from;
    for (const [wanted, width, alpha] of [[(a) => !between(a), far ? 0.6 : 1.3, far ? 0.55 : 0.85], [between, 1.8, 0.9]]) {
      const parts = pieces();
      traceArcs(parts, paths, level, frame, wanted);
      ctx.globalAlpha = alpha;
      stroke(ctx, parts, OUTLINE, width);
    }
    ctx.globalAlpha = 1;
  }

  /* Groups of townships: a tint with lines of its own slant, and a bold border between them. */
  function groups(ctx, frame) {
    if (!dg.shown.groups || !dg.groups.length) return;
    const table = dg.table.townships, { paths } = table, level = dg.level(paths, frame.zoom);
    dg.groups.forEach(function (group, number) {
      const parts = pieces();
      for (let row = 0; row < table.group.length; row++) {
        if (table.group[row] === group && dg.boxMeets(paths.boxes, row, frame.box, 0)) trace(parts, paths, level, row, frame, true);
      }
      fillPattern(ctx, parts, dg.groupPattern(ctx, number, frame.ratio), dg.GROUP_PATTERN, frame);
    });
    const { left, right } = dg.sides(paths), border = pieces();
    const of = (row) => (row < 0 ? null : table.group[row]);
    traceArcs(border, paths, level, frame, (a) => of(left[a]) !== of(right[a]));
    stroke(ctx, border, "rgba(255, 255, 255, 0.9)", 6);
    stroke(ctx, border, "#7a0177", 3);
  }

  function routes(ctx, frame) {
    const { build, paths } = dg.table.routes, level = dg.level(paths, frame.zoom);
    if (!dg.inView("routes", frame.time)) return;
    dg.BUILDS.forEach(function (kind, number) {
      const arcs = new Set(), parts = pieces();
      for (let row = 0; row < build.length; row++) {
        if (build[row] !== number || !dg.assetShown("routes", row, frame.time) || !dg.boxMeets(paths.boxes, row, frame.box, 0)) continue;
        for (let i = paths.ring[paths.shape[row]]; i < paths.ring[paths.shape[row + 1]]; i++) {
          arcs.add(paths.refs[i] < 0 ? ~paths.refs[i] : paths.refs[i]);
        }
      }
      if (!arcs.size) return;
      traceArcs(parts, paths, level, frame, (a) => arcs.has(a));
      dg.routeStroke(ctx, kind, parts);
    });
  }

  /* Villages that are points: round marks over the other layers; and a mark beside the fragile ones. */
  function marks(ctx, frame) {
    const table = dg.table.villages;
    if (!villagesDrawn(frame)) return;
    const r = Math.max(3, Math.min(9, frame.zoom - 4)), { x, y } = table.points, statuses = dg.statuses(table, frame.time);
    for (let row = 0; row < statuses.length; row++) {
      if (!dg.isPoint(row) || !within(x[row], y[row], frame.box)) continue;
      ctx.globalAlpha = picked(table, row) ? 1 : 0.2;
      dg.statusMark(ctx, frame.x(x[row]), frame.y(y[row]), r, statuses[row]);
    }
    for (let row = 0; dg.shown.fragile && row < statuses.length; row++) {
      if (!table.fragile[row] || !within(x[row], y[row], frame.box) || !dg.isFragile(table, row, frame.time)) continue;
      ctx.globalAlpha = picked(table, row) ? 1 : 0.2;
      dg.fragileMark(ctx, frame.x(x[row]) + r, frame.y(y[row]) - r, Math.min(r, 7));
    }
    ctx.globalAlpha = 1;
  }
  const within = (x, y, box) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];

  const ORDER = [3, 0, 1, 2];
  function assets(kind) {
    return function (ctx, frame) {
      if (!dg.sitesDrawn(frame.zoom) || !dg.inView(kind, frame.time)) return;
      const table = dg.table[kind], { x, y } = table.points, states = dg.assetStates(table, frame.time), { box } = frame;
      const rows = dg.STATES.map(() => []);
      for (let row = 0; row < states.length; row++) {
        if (within(x[row], y[row], box) && dg.shown[kind][dg.STATES[states[row]]]) rows[states[row]].push(row);
      }
      const r = dg.markRadius(frame.zoom);
      if (kind === "sites" && table.azimuths && frame.zoom >= dg.WEDGES_FROM) {
        for (const row of rows[0].concat(rows[1], rows[2])) {
          dg.wedges(ctx, frame.x(x[row]), frame.y(y[row]), r, table.azimuths[row], states[row]);
        }
      }
      for (const state of ORDER) {
        for (const row of rows[state]) {
          dg.stamp(ctx, frame, kind, state, table.decision[row], x[row], y[row], r);
        }
      }
    };
  }
  dg.markRadius = (zoom) => Math.max(2.6, Math.min(9, (zoom - 5) * 0.85));
  dg.WEDGES_FROM = 13;

  dg.painters = {
    ground: [townshipFill, villages, raster],
    over: [veil, exclusions, roads, groups, townships, routes, marks, assets("sites"), assets("nodes")],
    labels: [(ctx, frame) => dg.paintLabels(ctx, frame)],
  };
})(window.dualgig);
