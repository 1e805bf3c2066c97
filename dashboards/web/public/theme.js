// Runs before the first paint so that a fixed theme or language never flashes. A file of its own,
// because the content security policy forbids inline scripts.
(function () {
  var root = document.documentElement;
  var dark = matchMedia('(prefers-color-scheme: dark)');
  function read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be blocked; the defaults are fine
    }
  }
  function apply() {
    var fixed = read('linesman.theme');
    root.dataset.theme = fixed === 'dark' || fixed === 'light' ? fixed : dark.matches ? 'dark' : 'light';
  }
  var lang = read('linesman.lang') || navigator.language || 'en';
  root.lang = lang.toLowerCase().indexOf('zh') === 0 ? 'zh-CN' : 'en';
  apply();
  dark.addEventListener('change', apply);
  addEventListener('storage', apply);
})();
