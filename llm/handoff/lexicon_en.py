"""English words by class, as stems (`operator*`: up to five more letters) or exact forms."""

WORDS = {
    "ROLE": """operator* agent agents representative* representitive* representive* rep reps advisor* adviser* specialist* consultant* employee* staff
        staffer* csr csrs csm clerk* attendant* executive* associate associates expert* moderator* mod mods admin admins administrator*
        receptionist* coordinator* concierge* teammate* colleague* salesperson salesman saleswoman caseworker* worker* assistant* helper
        personnel professional* officer* liaison* handler* counselor* counsellor* agente operater* oprator* custsvc ambassador* cs""",
    "CHIEF": "manager* supervisor* boss bosses superior* director* chief higher-up* higherup* lead leader owner* head supervisr manger mgr tl upper senior",
    "PRO": """doctor* lawyer* attorney* technician* engineer* driver* courier* cleaner* nurse* accountant* pharmacist* plumber* electrician* mechanic* chef chefs
        dentist* therapist* trainer* tutor* teacher* designer* developer* underwriter* broker* realtor* pilot* waiter* bellboy porter housekeep* banker* planner*
        ceo cto dev devs sommelier* masseuse* masseur* stylist* hairdresser* vet instructor* coach coaches""",
    "DEPT": """support department* dept team teams service services helpdesk help-desk desk sales billing customer custome costumer cusotmer client callcenter call-center center
        centre reception frontdesk front hr legal accounting fraud retention escalations housekeeping spa kitchen care tech technical complaints finance assistance-desk""",
    "HUMAN": """human* humans humam humman humna hooman* hoomin person* persons people persn peron preson poeple ppl dude gentleman humanoid soul pulse flesh heartbeat flesh-and-blood folks folk bloke fella mortal carbon carbon-based meatbag humanperson live-person homosapien* somebodys""",
    "SOMEONE": "someone somebody anyone anybody some1 any1 sb somone someome sombody smone sum1 somoene smb someon anyon someoen one",
    "LIVE": "live real actual living breathing competent qualified proper genuine alive senior-level knowledgeable trained lve reel human-being capable intelligent flesh-blood bona non-robot nonrobot",
    "BOT": """bot bots robot* chatbot* chat-bot* chatbox* ai a.i machine* computer* computr* chatgpt gpt llm algorithm* automated automatic automation programme programmed artificial virtual
        siri alexa cortana software canned scripted script voicebot* bott toaster* algorithmic clanker* robo tin-can autoreply auto-reply autoresponder* ivr program digital""",
    "CONN": """connect connected connecting connct conect conncet conenct transfer transferred transferring transfr tranfer trasnfer transfere trnsfer forward forwarded redirect escalate escalat* esclate reroute route patch summon
        fetch loop handover hand-over handoff handoff hand-off hook bump kick page buzz patched routed handed hand elevate switch conect put pass passed refer flag raise involve tag pull rope punt""",
    "BRING": "add invite bringing adding share accompany include register enroll",
    "GIVE": "give gimme gimmie get getme giv gve send bring grab find provide assign let lemme lets drop show",
    "TALK": """talk talking talkin talked-to tlk tallk taalk speak speaking speakin speek spek spk speack chat chatting convers* discuss discussing conversation* consult consulting word tak speaks talks taking-to chatt
        deal dealing interact interacting""",
    "CONTACT": "contact contacting contcat conatct reach reaching reached call calling ring phone-call callback call-back connect-with conact touch hear message messaging email mail text",
    "ANSWERS": "respond responds reply replies answers answer handle handles look looks review reviews read reads step steps join joins jump jumps assist assists pick picks take takes solve solves deals speaks-to helps",
    "WANT": """want wants wanna want2 wnat watn wan need needs nee ned require requires demand demanding like prefer rather love wish d'like would'like id desire request requesting insist looking
        expect trying gotta must have hoping asking ask asked-for seeking hope""",
    "CAN": "can could may might possible possibly able would will cn cud shall cld should couldn able-to allowed",
    "HELP": "help helping hlp halp assistance assit asist aid hepl helpme hellp",
    "PLEASE": """please pls plz plss pleas plase plese kindly asap now immediately right urgently urgent already just instead pleasee directly today quickly straight straightaway ffs finally simply really actually""",
    "GREET": "hi hello hey yo hiya good morning afternoon evening greetings sup howdy ok okay",
    "NEG": """not no don't dont don doesn't doesnt isn't isnt won't wont never n't without stop aren't arent didn't didnt wasn't nothing none refuse nobody noone wouldn't wouldnt shouldn't
        haven't havent hasn't hate hates tired sick enough neither nor ain't aint wasnt weren't needn't nah nope quit avoid skip fed done""",
    "CANT": "can't cant cannot couldn't couldnt unable",
    "WILL": "wanna-be care",
    "AVAIL": "available availability around online",
    "PAST": """said told spoke talked promised called chatted was were had helped emailed wrote mentioned contacted advised gave offered got went sent asked assured transferred-me connected-me quoted
        hung explained suggested confirmed recommended refused came answered replied misinformed treated left took claimed dropped charged changed informed reached-out visited met texted messaged denied
        made did used been apologized insisted-that agreed fixed handled resolved processed scheduled stated""",
    "WHEN_PAST": "yesterday ago last earlier previously before recently once",
    "WHEN_FUT": "tomorrow next monday tuesday wednesday thursday friday saturday sunday weekend weekends later",
    "YOU": "you u ya youre you're ur-a y'all yall thou yourself",
    "YOUR": "your ur yours",
    "ME": "me us myself",
    "I": "i we i'd i'm im i'll ill ive i've",
    "MY": "my our mine his her their its",
    "THIS": "this that it these those here there it's its thats that's",
    "WHAT": "what what's whats which wat",
    "WHO": "who who's whos whom whose",
    "WHERE": "where where's wheres",
    "WHEN": "when when's",
    "HOW": "how how's hw hows",
    "WHY": "why",
    "HOWMANY": "many much several few",
    "IF": "if unless while because whether",
    "NUM": "zero-one two three four five six seven eight nine ten dozen single double 2nd 1st",
    "HOURS": "hours hour open opens close closes schedule opening 24/7 days times time",
    "PHONE": "phone number numbers telephone no-of e-mail address emails whatsapp facebook mailbox hotline line postal fax website link page",
    "TELECOM": """carrier mobile cellular tour travel estate insurance crane forklift machinery boolean ternary logical cleaning caking anti-caking bleaching antivirus anti-virus file task password package
        window boot network sim user-agent letting booking wetting raising bonding release property tournament vending washing slot atm backup download session context event dialog
        free-agent secret nerve delivery license forklifts radio vacuum transport purchasing ticketing smoking chemical oxidizing foaming whitening""",
    "JOB": """job jobs career careers hiring hire vacancy vacancies salary position internship resume cv interview recruit recruiting wage shift shifts applying apply employment role roles training certification employer
        workplace pay full-time part-time openings""",
    "RIGHTS": "rights role permission permissions seat seats account accounts plan tier access license-key api integration dashboard settings feature features workspace portal login widget enterprise invite policy trigger",
    "OBJ": """money card savings checking order refund payment booking flight bill invoice subscription file files data funds package tickets ticket reservation room table item items address domain playlist song wifi internet
        language transaction balance loan mortgage points voucher""",
    "WITH": "with w w/ wiht wit",
    "TO": "to 2 into onto through thru from of in on at for over up back by",
    "ABOUT": "about regarding concerning re",
    "AND": "and & n also plus then so",
    "OR": "or",
    "BUT": "but however though",
    "THANK": "thanks thank thx tyvm thankyou ty kudos grateful appreciate shout-out",
    "VOC": "sir madam dear miss mister mate bro man guys lady",
    "ELSE": "else another other different others",
    "COMPLAIN": """useless stupid dumb terrible awful worst bad horrible ridiculous pathetic garbage trash joke rude slow annoying idiot* moron* incompetent unhelpful broken nonsense wrong sucks scam frustrated frustrating angry
        upset unacceptable disappointed crap waste circles loop helpful understand""",
    "SWEAR": "fuck fuckin fucking fck fkn wtf damn goddamn bloody shit shitty hell bullshit ass bitch freaking frigging darn crappy fn effing dammit stupidass",
    "OK": "yes yeah yep sure yup absolutely definitely certainly fine agreed great perfect yea k",
    "THINK": "nice friendly lovely amazing excellent polite kind best wonderful brilliant",
    "THIRD": "he she they him them husband wife mother mom father dad son daughter brother sister friend friends clients customers buyer tenant boyfriend girlfriend child kids guest guests",
    "VISIT": "visit appointment on-site onsite repair install installation installing home house come appointment book consultation lesson session-with viewing meet meeting",
    "DET": "a an the some any every ",
    "BE": "is are am be being beings",
    "DO": "do does did-you doing",
    "ZERO": "zero",
    "PRESS": "press pressing pressed hit hitting dial dialing dialling enter entering type",
    "X": "personal* conversion* converter* convertible* directories directory ownership operating operation* operate* operational",
}
