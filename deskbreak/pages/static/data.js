// Your data: reads a settings file where it lies, so that nobody has to paste it.

const input = document.getElementById("file-input");
input.closest(".pick-file").hidden = false;
input.addEventListener("change", async () => {
  const [file] = input.files;
  if (file) document.getElementById("text").value = await file.text();
});
