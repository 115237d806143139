/** Colours and type are set in the loader. */
export const css = `
dialog{--pad:20px;--tint:color-mix(in oklab,var(--accent) 9%,var(--bg));--ink:color-mix(in oklab,var(--accent),#000 12%);
--ring:inset 0 0 0 1px color-mix(in oklab,var(--accent) 30%,transparent);
position:fixed;z-index:1;inset:auto var(--side) 90px auto;width:min(408px,calc(100vw - 40px));height:min(704px,calc(100vh - 118px));
max-width:none;max-height:none;margin:0;padding:0;border:0;overflow:hidden;border-radius:22px;color:inherit;background:var(--bg);box-shadow:var(--edge),var(--far);outline:0}
:host([data-position=left]) dialog{inset:auto auto 90px var(--side)}
:host([dark]) dialog{--tint:color-mix(in oklab,var(--accent) 20%,var(--bg));--ink:color-mix(in oklab,var(--accent),#fff 45%)}
dialog[open]{display:flex;flex-direction:column;animation:rise .3s cubic-bezier(.2,.9,.25,1)}
::backdrop{display:none}
[hidden]{display:none!important}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
button,textarea{all:unset;box-sizing:border-box;-webkit-tap-highlight-color:transparent}
button{cursor:pointer;flex:none;transition:background .15s,opacity .15s}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
a{color:var(--ink);text-underline-offset:2px}
p,h2,h3{margin:0;font-weight:inherit;font-size:inherit}
svg{width:18px;height:18px;flex:none;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.muted,.meta,.byline,.day,.notice,.count{color:var(--muted);font-size:13px}
.hush{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.grow{flex:1;min-width:0}
header,.strip,.field,.byline,.offer,.human,.welcome button,.dots{display:flex;align-items:center}
.face,.close,.send,.down{display:grid;place-items:center;border-radius:50%;flex:none}

header{gap:12px;padding:16px 12px 14px var(--pad);background:linear-gradient(var(--tint),var(--bg))}
h2{font-weight:650;font-size:16px;line-height:1.3}
h2,.grow p{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.face{width:20px;height:20px;font-size:11px;font-weight:650;line-height:1;color:var(--on);background:var(--glow)}
.face svg{width:68%;height:68%;fill:currentColor;stroke:none}
.face.operator{color:#fff;background:#17825a}
.portrait{position:relative}
.portrait .face{width:42px;height:42px;font-size:18px}
.portrait:after{content:"";position:absolute;right:-1px;bottom:-1px;width:11px;height:11px;border-radius:50%;background:#22b573;border:2.5px solid var(--bg)}
[data-state=waiting] .portrait:after,i{background:#f0a020}
.human{gap:6px;height:36px;padding:0 13px 0 10px;border-radius:18px;font-size:14px;font-weight:570;color:var(--ink);background:var(--bg);box-shadow:var(--ring)}
.human:hover,.offer:hover,.welcome button:hover{background:var(--tint)}
.close{width:36px;height:36px;color:var(--muted)}
.close:hover{background:var(--line)}
[aria-busy] .human,[aria-busy] .offer,[aria-busy] .strip button{opacity:.4;pointer-events:none}

.strip{gap:12px;margin:0 12px 6px;padding:10px 10px 10px 14px;border-radius:14px;background:var(--tint);font-size:13px;line-height:1.4}
.strip p{flex:1}.strip b{display:block;font-weight:600}
.strip button{padding:7px 11px;border-radius:10px;font-weight:570;color:var(--ink);background:var(--bg);box-shadow:var(--edge)}
i{flex:none;width:9px;height:9px;border-radius:50%}
.strip i{animation:pulse 1.8s ease-out infinite}
@keyframes pulse{from{box-shadow:0 0 #f0a02099}80%,to{box-shadow:0 0 0 9px #f0a02000}}

.log{position:relative;flex:1;min-height:0;display:flex}
.scroller{flex:1;overflow:hidden auto;overscroll-behavior:contain;padding:4px var(--pad) 10px;outline:0;scrollbar-width:thin;scrollbar-color:var(--line) transparent;
mask:linear-gradient(#0000,#000 12px,#000 calc(100% - 8px),#0000)}
.day,.notice{text-align:center;margin:16px 0 10px;font-size:12px;font-weight:550}
.day::first-letter{text-transform:uppercase}
.notice{width:fit-content;max-width:88%;margin:16px auto;padding:8px 15px;border-radius:14px;text-wrap:balance;font-size:13px;font-weight:400;box-shadow:inset 0 0 0 1px var(--line)}
.row{display:flex;flex-direction:column;align-items:start;margin-top:14px}
.row.joined{margin-top:3px}
.row.visitor{align-items:end}
.more .meta{display:none}
.byline{gap:6px;margin-bottom:5px;font-weight:550}
.bubble{max-width:86%;padding:9px 14px;border-radius:6px 19px 19px;background:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere;min-height:40px}
.joined .bubble{border-radius:19px}
.visitor .bubble{color:var(--on);background:var(--glow);border-radius:19px 19px 6px}
.visitor a{color:inherit}
.meta{margin:4px 4px 0;font-size:12px}
.unsent .bubble{opacity:.7}
.failed .bubble{opacity:1;color:var(--text);background:color-mix(in oklab,var(--bad) 14%,var(--bg))}
.failed .meta,.bad{color:var(--bad)}
.meta button{margin-left:8px;font-weight:600;text-decoration:underline}
.sources{display:flex;flex-wrap:wrap;gap:6px;margin-top:6px}
.sources a{padding:3px 10px;border-radius:12px;font-size:13px;text-decoration:none;background:var(--tint)}
.offer{gap:8px;margin-top:8px;padding:9px 15px 9px 12px;border-radius:19px;font-size:14px;font-weight:570;color:var(--ink);box-shadow:var(--ring)}
.new{animation:rise .24s}
.dots{gap:5px;height:22px}
.dots i{width:7px;height:7px;background:var(--muted);animation:dot .6s ease-in-out infinite alternate}
.dots i+i{animation-delay:.2s}.dots i+i+i{animation-delay:.4s}
@keyframes dot{from{opacity:.3}to{transform:translateY(-3px)}}
.down{position:absolute;left:50%;bottom:8px;width:36px;height:36px;margin-left:-18px;background:var(--bg);box-shadow:var(--edge),var(--near)}

h3{margin-top:6px;font-size:27px;font-weight:680;line-height:1.16;letter-spacing:-.02em;text-wrap:balance}
h3+p{margin-top:8px;font-size:16px;color:var(--muted)}
.welcome .muted{margin-top:26px}
.welcome button{justify-content:space-between;gap:12px;width:100%;margin-top:8px;padding:11px 12px 11px 15px;border-radius:14px;box-shadow:inset 0 0 0 1px var(--line)}
.welcome svg{color:var(--muted)}

.composer{padding:6px 12px 14px}
.field{align-items:end;border-radius:23px;box-shadow:inset 0 0 0 1.5px var(--line)}
.field:focus-within{box-shadow:inset 0 0 0 1.5px var(--accent)}
textarea{flex:1;outline:0!important;min-width:0;max-height:144px;padding:12px 4px 12px 17px;line-height:22px;overflow:hidden auto;white-space:pre-wrap;overflow-wrap:anywhere;scrollbar-width:none;cursor:text}
::placeholder{color:var(--muted);opacity:1}
.send{width:36px;height:36px;margin:5px;color:var(--on);background:var(--accent);stroke-width:2.2}
.send:disabled{color:var(--muted);background:var(--soft);cursor:default}
.count{padding:0 16px;text-align:end}

@media (max-width:520px),(max-height:460px){
dialog,:host([data-position=left]) dialog{--pad:16px;inset:var(--top,0) 0 auto;width:100%;height:var(--height,100dvh);border-radius:0;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
dialog[open]~*{visibility:hidden}
textarea,.bubble{font-size:16px}
.close,.human{height:40px}
}`;
