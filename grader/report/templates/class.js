"use strict";
(() => {
  const table = document.getElementById("roster");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const before = heads.findIndex((head) => head.classList.contains("of-task"));
  const [find, outcome, task, status, reset, shown] =
    ["find", "by-outcome", "by-task", "by-status", "reset", "shown"].map((id) => document.getElementById(id));
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKC").toLowerCase().replaceAll("ё", "е").trim();
  const people = new Map(rows.map((row) => {
    const name = row.cells[0].querySelector("bdi").textContent;
    return [row, { name, plain: plain(name), is: row.dataset.is.split(" ") }];
  }));

  const value = (row, column) => {
    const text = row.cells[column].dataset.v;
    return text === "" ? null : Number(text);
  };
  const compare = (column, sign) => (one, two) => {
    if (heads[column].dataset.sort === "text") {
      return sign * collator.compare(people.get(one).name, people.get(two).name);
    }
    const [a, b] = [value(one, column), value(two, column)];
    if (a === null || b === null) return (a === null) - (b === null);  // no grade: last either way
    return sign * (a - b);
  };

  const sort = (column) => {
    const head = heads[column];
    const falling = head.hasAttribute("aria-sort")
      ? head.getAttribute("aria-sort") === "ascending"
      : head.dataset.sort === "number" && column !== before - 1;
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    rows.sort(compare(0, 1)).sort(compare(column, falling ? -1 : 1));
    body.append(...rows);
  };

  const fits = (row) => {
    const one = people.get(row);
    if (find.value && !one.plain.includes(plain(find.value))) return false;
    if (outcome.value && !one.is.includes(outcome.value)) return false;
    if (!status.value) return true;
    const cells = task.value ? [row.cells[before + Number(task.value)]] : Array.from(row.cells).slice(before);
    return cells.some((cell) => cell.dataset.s === status.value);
  };

  const filter = () => {
    let count = 0;
    for (const row of rows) {
      row.hidden = !fits(row);
      count += !row.hidden;
    }
    const all = count === rows.length;
    shown.textContent = shown.dataset.form.replace("{shown}", count).replace("{total}", rows.length);
    shown.classList.toggle("all", all);
    reset.disabled = all && ![find, outcome, task, status].some((one) => one.value);
  };

  for (const [column, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column));
  }
  for (const control of [find, outcome, task, status]) control.addEventListener("input", filter);
  reset.addEventListener("click", () => {
    for (const control of [find, outcome, task, status]) control.value = "";
    filter();
    find.focus();
  });
  for (const one of document.querySelectorAll(".without-script")) one.hidden = true;
  for (const one of document.querySelectorAll("#controls, .with-script")) one.hidden = false;
  filter();
})();
