# Benefits in plain language.

# Lists.
programmes-list = { $first } and { $last }
programmes-choice = { $first } or { $last }
programmes-everything = all services
programmes-hours = { $from } to { $to }
programmes-dates = { $from } to { $to }
programmes-evidence-press = from the press

# Topics.
programmes-topic-who = Who
programmes-topic-where = Where
programmes-topic-when = When
programmes-topic-goods = Goods and cash
programmes-topic-medium = Medium

# What it gives.
programmes-gives-ride = Travel on { $what } without paying.
programmes-gives-entry = Enter { $what } without paying.
programmes-gives-free = { $what }: nothing to pay.
programmes-gives-fixed = { $what }: { $amount } to pay at most.
programmes-gives-percent = { $what }: { $share } of the usual fare to pay.
programmes-gives-less = { $what }: { $amount } less than the usual fare.
programmes-gives-wallet = Aid in a wallet of its own on the holder’s medium.
programmes-gives-aid = Aid of { $month } a month in a wallet of its own on the holder’s medium.
programmes-gives-aid-parts = Aid of { $month } a month in a wallet of its own on the holder’s medium: { $routine } routine and { $periodic } periodic.
programmes-gives-aid-fees = Aid of { $month } a month in a wallet of its own on the holder’s medium: { $routine } routine and { $periodic } periodic; pupils of private schools get { $fees } more for school fees.
programmes-gives-bundle = Buy { $bundle } for { $amount }, or what is in it one by one.
programmes-gives-sale = Buy staple goods at the programme’s price.
programmes-gives-nothing = This benefit changes no price and gives no money.

# Who.
programmes-who-granted = People to whom the programme’s office has granted it.
programmes-who-age = Aged { $age } or over on the day of the grant.
programmes-who-homes = With an address in { $regions }.
programmes-who-categories = Rider category: { $categories }.
programmes-who-exclusive = One person holds one benefit of this group only.
programmes-who-companions = { $companions } included.
programmes-who-companions-with = { $companions } included, if the holder also has { $benefits }.
programmes-companions = { $count ->
    [1] One companion is
   *[other] Up to { $number } companions are
 }

# Where.
programmes-where-services = For { $services } only.
programmes-where-excluded = Not { $places }.
programmes-where-any-shop = At all merchants who take aid wallets.
programmes-where-shops = At shops of these kinds: { $shops }.
programmes-where-merchants = At outlets of { $merchants }.

# When.
programmes-when-always = Every day, while the place is open.
programmes-when-days = On { $days }.
programmes-when-hours = From { $hours }.
programmes-when-turn = Days { $first } to { $last } of a month: residents of { $regions }.
programmes-when-turn-none = After day { $last } it is nobody’s turn.
programmes-day-weekday = working days
programmes-day-saturday = Saturdays
programmes-day-sunday = Sundays
programmes-day-holiday = national holidays
programmes-day-leave = days of joint leave
programmes-day-break = school breaks

# Goods and cash.
programmes-goods-any = Any goods may be bought.
programmes-goods-some = Only for { $goods }.
programmes-goods-prices = One of each: { $goods }.
programmes-cash-none = Cannot be taken out in cash.
programmes-cash-quota = Part of it can be taken out in cash, as much as the allowance says.
programmes-cash-full = All of it can be taken out in cash.

# Medium.
programmes-medium-issued = A medium issued by a bank or the operator; a copied number is not enough.
programmes-medium-keyed = A chip card or phone with a secret key; a copied QR code is not enough.
programmes-medium-signed = A medium with a digital signature of its own.

# Allowance and validity.
programmes-rides = { $count ->
    [1] One ride
   *[other] { $number } rides
 }
programmes-packages = { $count ->
    [1] One package
   *[other] { $number } packages
 }
programmes-visits = { $count ->
    [1] One visit
   *[other] { $number } visits
 }
programmes-quota-day = { $amount } a day; what is not used lapses at the end of the day.
programmes-quota-month = { $amount } a month; what is not used lapses at the end of the month.
programmes-quota-semester = { $amount } in half a year; what is not used lapses at the end of June or December.
programmes-quota-cycle = { $amount } in each round; what is not used lapses at the end of the round.
programmes-quota-cash-day = At most { $amount } in cash a day.
programmes-quota-cash-month = At most { $amount } in cash a month; the rest is not carried over.
programmes-quota-cash-semester = At most { $amount } in cash in half a year.
programmes-quota-cash-cycle = At most { $amount } in cash in each round.
programmes-quota-cycles = Rounds: { $periods }.
programmes-quota-shared = Benefits of this kind share one allowance: whoever meets two criteria still has one.
programmes-period-months = { $count ->
    [1] A grant holds for one month at most and can then be given again.
   *[other] A grant holds for { $number } months at most and can then be given again.
 }
programmes-period-from = These terms hold from { $from }.
programmes-period-dates = These terms hold from { $from } to { $to }.

# Money.
programmes-money-forgone = Each use is recorded as subsidy value: fares not charged. No money moves.
programmes-money-budget-refuse = The programme’s budget of the current year pays the operator for each use. When it is used up, the benefit stops.
programmes-money-budget-record = The programme’s budget of the current year pays the operator for each use. When it is used up, the benefit goes on and what is missing is recorded as subsidy value: fares not charged.
programmes-money-wallet = The money comes from the programme’s budget and stays aid until it is spent; it cannot become own money.
programmes-money-sale = The holder pays the programme’s price at the till. The difference to the market price does not pass through this medium.
