// Plays the terminal of the first page; without this, or where less motion is asked for, all of it is there.
const terminal = document.querySelector(".terminal");
if (terminal && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const scenes = [...terminal.querySelectorAll("figure")];
  let playing = 0; // the number of the play that goes on; an older one sees that it is not its own, and ends

  async function play(first) {
    const mine = ++playing;
    for (let number = first; ; number = (number + 1) % scenes.length) {
      const scene = scenes[number], output = scene.querySelector("samp");
      const commands = [...scene.querySelectorAll("kbd")].map((element) => ({ element, text: element.dataset.text }));
      scenes.forEach((other, index) => {
        other.hidden = index !== number;
        buttons[index].setAttribute("aria-pressed", index === number);
      });
      output.hidden = true;
      for (const { element } of commands) element.textContent = "";
      for (const { element, text } of commands) {
        element.classList.add("typing");
        for (let end = 1; end <= text.length; end++) {
          await wait(25);
          if (mine !== playing) return element.classList.remove("typing");
          element.textContent = text.slice(0, end);
        }
        element.classList.remove("typing");
      }
      await wait(400);
      if (mine !== playing) return;
      output.hidden = false;
      await wait(6000);
      if (mine !== playing) return;
    }
  }

  for (const element of terminal.querySelectorAll("kbd")) element.dataset.text = element.textContent;
  const bar = document.createElement("nav");
  const buttons = scenes.map((scene, number) => {
    const button = document.createElement("button");
    button.textContent = scene.querySelector("figcaption").textContent.split(":")[0];
    button.onclick = () => play(number);
    return button;
  });
  bar.append(...buttons);
  terminal.prepend(bar);
  terminal.classList.add("playing");
  play(0);
}
