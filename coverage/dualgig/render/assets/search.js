/* Search by name or id over townships, villages, sites and nodes. */
(function (dg) {
  "use strict";

  const MOST = 8, KINDS = ["townships", "villages", "sites", "nodes"];
  const LEVEL = { townships: "level.township", villages: "level.village", sites: "level.site", nodes: "level.node" };

  function find(text) {
    const wanted = text.trim().toLowerCase(), ranks = [[], [], []];
    if (!wanted) return [];
    for (const kind of KINDS) {
      const table = dg.table[kind];
      for (let row = 0; row < table.id.length; row++) {
        const name = table.name[row].toLowerCase(), id = table.id[row].toLowerCase();
        if (name === wanted || id === wanted) ranks[0].push({ kind, row });
        else if (name.startsWith(wanted) || id.startsWith(wanted)) ranks[1].push({ kind, row });
        else if (name.includes(wanted) || id.includes(wanted)) ranks[2].push({ kind, row });
      }
    }
    return ranks.flat().slice(0, MOST);
  }

  dg.searchBox = function () {
    const h = dg.h, input = h("input"), list = h("ul"), box = h("div.dg-search", input, list);
    let found = [], at = -1;
    input.type = "search";
    input.placeholder = dg.say("search");
    input.autocomplete = "off";
    list.id = "dg-found";
    list.setAttribute("role", "listbox");
    Object.entries({
      role: "combobox", "aria-label": dg.say("search"), "aria-controls": "dg-found", "aria-expanded": "false",
    }).forEach(([name, value]) => input.setAttribute(name, value));

    function close() {
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      at = -1;
    }
    function choose(item) {
      close();
      input.value = dg.table[item.kind].name[item.row] || dg.table[item.kind].id[item.row];
      input.blur();
      dg.open(item.kind, item.row);
    }
    function mark(next) {
      at = (next + found.length) % found.length;
      Array.from(list.children).forEach((li, i) => li.setAttribute("aria-selected", i === at));
      input.setAttribute("aria-activedescendant", "dg-found-" + at);
    }
    function show() {
      found = find(input.value);
      close();
      if (!input.value.trim()) return;
      input.setAttribute("aria-expanded", "true");
      list.replaceChildren(...found.map(function (item, i) {
        const table = dg.table[item.kind];
        const where = item.kind === "villages" && table.township[item.row] >= 0
          ? dg.table.townships.name[table.township[item.row]] : table.id[item.row];
        const level = item.kind === "villages" && table.community[item.row] ? "level.community" : LEVEL[item.kind];
        const li = h("li", h("span.dg-name", table.name[item.row] || table.id[item.row]), h("small", dg.say(level) + " · " + where));
        li.id = "dg-found-" + i;
        li.setAttribute("role", "option");
        li.addEventListener("mousedown", function (event) {
          event.preventDefault();
          choose(item);
        });
        return li;
      }));
      if (!found.length) list.append(h("li.dg-none", dg.say("search.none")));
    }
    input.addEventListener("input", show);
    input.addEventListener("focus", show);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape") close();
      else if (!found.length) return;
      else if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at - 1);
      else if (event.key === "Enter") choose(found[Math.max(at, 0)]);
      else return;
      event.preventDefault();
    });
    return box;
  };
})(window.dualgig);
