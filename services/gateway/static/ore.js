// Starts GOV.UK Frontend's components. Everything essential works without this file.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();

for (const button of document.querySelectorAll("[data-ore-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Copies the text of the field named by data-ore-copy; the label changes to say so.
for (const button of document.querySelectorAll("[data-ore-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.oreCopy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.textContent = button.dataset.oreDone;
  });
}
