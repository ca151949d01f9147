// What a page of changes shows of each file: the old lines, the new ones, and how many are marked.
[...document.querySelectorAll("details.file:not(#unchanged)")].map(file => {
  const rows = [...file.querySelectorAll(".diff tr")]
    .map(row => [...row.querySelectorAll(".code")]);
  const texts = (cells, other) => cells
    .filter(cell => cell && !cell.matches(other)).map(cell => cell.textContent);
  return {
    name: file.id,
    summary: file.querySelector("summary").innerText,
    reason: file.querySelector(".why").textContent,
    old: texts(rows.map(cells => cells.at(0)), ".added"),
    new: texts(rows.map(cells => cells.at(-1)), ".removed"),
    added: file.querySelectorAll(".code.added").length,
    removed: file.querySelectorAll(".code.removed").length,
  };
})
