// Russian first, English by a switch.

const WORDS = {
  title: ["Песочница Telegram", "Telegram sandbox"],
  subtitle: ["Локальный Telegram: наружу ничего не уходит", "A local Telegram: nothing leaves this machine"],
  addPhone: ["Добавить телефон", "Add a phone"],
  theme: ["Светлая или тёмная тема", "Light or dark theme"],
  language: ["English", "По-русски"],
  chats: ["Чаты", "Chats"],
  bot: ["бот", "bot"],
  typing: ["печатает…", "typing…"],
  sendingFile: ["отправляет файл…", "sending a file…"],
  blockedStatus: ["заблокирован", "blocked"],
  start: ["Старт", "Start"],
  restart: ["Разблокировать", "Unblock"],
  write: ["Сообщение", "Message"],
  send: ["Отправить", "Send"],
  attach: ["Прикрепить", "Attach"],
  commands: ["Меню", "Menu"],
  keyboard: ["Клавиатура бота", "Bot keyboard"],
  back: ["К списку чатов", "Back to chats"],
  more: ["Ещё", "More"],
  close: ["Закрыть", "Close"],
  closePhone: ["Убрать телефон", "Remove this phone"],
  rename: ["Переименовать", "Rename"],
  reply: ["Ответить", "Reply"],
  edit: ["Изменить", "Edit"],
  editing: ["Изменение", "Editing"],
  copy: ["Копировать", "Copy"],
  copied: ["Скопировано", "Copied"],
  block: ["Заблокировать бота", "Block the bot"],
  unblock: ["Разблокировать бота", "Unblock the bot"],
  clear: ["Очистить историю", "Clear history"],
  sticker: ["Стикер", "Sticker"],
  photo: ["Фото", "Photo"],
  voice: ["Голосовое", "Voice"],
  document: ["Файл", "File"],
  contact: ["Контакт", "Contact"],
  location: ["Место на карте", "Location"],
  other: ["Сообщение другого вида", "A message of another kind"],
  edited: ["изменено", "edited"],
  noMessages: ["Сообщений пока нет", "No messages yet"],
  pressStart: ["Нажмите «Старт», чтобы начать разговор с ботом", "Press Start to talk to the bot"],
  you: ["Вы", "You"],
  draft: ["Думает…", "Thinking…"],
  earlier: ["Показать раньше", "Show earlier"],
  ok: ["ОК", "OK"],
  cancel: ["Отмена", "Cancel"],
  save: ["Сохранить", "Save"],
  whose: ["Чей это телефон?", "Whose phone is it?"],
  newPerson: ["Новый человек", "A new person"],
  name: ["Имя", "Name"],
  namePlaceholder: ["Анна", "Anna"],
  personLanguage: ["Язык Telegram", "Telegram language"],
  openPhone: ["Открыть телефон", "Open the phone"],
  noPhones: ["Ни одного телефона. Добавьте первый.", "No phones yet. Add the first one."],
  today: ["Сегодня", "Today"],
  yesterday: ["Вчера", "Yesterday"],
  openLink: ["Открыть ссылку?", "Open this link?"],
  open: ["Открыть", "Open"],
  miniAppLoading: ["Мини-приложение загружается…", "The Mini App is loading…"],
  miniAppFailed: ["Мини-приложение не ответило. Работает ли сайт?", "The Mini App does not answer. Is the website up?"],
  dataSent: ["Данные переданы боту", "Data sent to the bot"],
  offline: ["Песочница не отвечает, пробую снова…", "The sandbox does not answer, trying again…"],
  sharePhone: ["Поделиться номером", "Share the number"],
  failed: ["Не получилось", "It did not work"],
};

export let language = localStorage.getItem("sandbox.language") === "en" ? "en" : "ru";

export function t(key) {
  return WORDS[key][language === "en" ? 1 : 0];
}

export function switchLanguage() {
  language = language === "en" ? "ru" : "en";
  localStorage.setItem("sandbox.language", language);
  document.documentElement.lang = language;
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  return date.toLocaleDateString(language, { day: "numeric", month: "long" });
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} ${language === "en" ? "B" : "Б"}`;
  const [size, unit] = bytes < 1048576 ? [bytes / 1024, 0] : [bytes / 1048576, 1];
  return `${size.toFixed(1)} ${(language === "en" ? ["KB", "MB"] : ["КБ", "МБ"])[unit]}`;
}
