# The pages live, tap desk, holder.

# Navigation.
acceptance-nav-live = Live
acceptance-nav-holders = Holders
acceptance-nav-tap = Tap desk
acceptance-nav-api = API
acceptance-nav-problems = Problem codes

# Words used on several pages.
acceptance-word-elsewhere = Outside Jakarta
acceptance-word-forgotten = Place no longer kept
acceptance-word-unknown = unknown
acceptance-word-top-up = Top-up
acceptance-word-press = from press reports
acceptance-word-basis = Basis
acceptance-word-code = Code
acceptance-word-yes = Yes
acceptance-word-no = No
acceptance-word-period = { $from } to { $to }
acceptance-word-rests-on = Journal position { $position }, { $time }
acceptance-word-at-position = Journal position { $position }

# Live.
acceptance-live-title = Live
acceptance-live-refreshed = Refreshed every 5 seconds.
acceptance-live-pause = Stop refreshing
acceptance-live-paused = Refreshing is stopped.
acceptance-live-go-on = Go on refreshing
acceptance-live-open-desk = Open the tap desk

acceptance-live-open-none = No taps yet today.
acceptance-live-open-morning-all = A smooth morning: all { $taps } taps opened a gate.
acceptance-live-open-morning-smooth = A smooth morning: { $share } of taps opened a gate.
acceptance-live-open-morning-share = This morning { $share } of taps opened a gate.
acceptance-live-open-day-all = A smooth day: all { $taps } taps opened a gate.
acceptance-live-open-day-smooth = A smooth day: { $share } of taps opened a gate.
acceptance-live-open-day-share = Today { $share } of taps opened a gate.
acceptance-live-open-apart = The books are out of balance: they differ by { $difference } at journal position { $position }.
acceptance-live-open-clock = The city's clock jumped: decisions about money wait for the operator.
acceptance-live-open-stale = The figures on this page stopped at { $time }.

acceptance-live-seal-balanced = Books in balance
acceptance-live-seal-unknown = Books being counted
acceptance-live-seal-apart = Books out of balance
acceptance-live-seal-difference = Difference { $difference } at journal position { $position }
acceptance-live-seal-position = Journal position { $position }
acceptance-live-seal-hash = Fingerprint { $hash }, written { $time }

acceptance-live-alert-apart = The three counts of the books differ at journal position { $position }.
acceptance-live-alert-apart-next = Change nothing. Run jakone verify on the data directory; it names the count that differs.
acceptance-live-alert-clock = The machine's clock jumped by more than a second.
acceptance-live-alert-clock-next = Gates go on recording taps. Check the machine's clock; an operator accepts the new time before money moves again.
acceptance-live-alert-silent = The journal has written nothing since { $time }.
acceptance-live-alert-silent-next = The figures below are the last ones. Gates go on without network. Run jakone doctor on the city's machine.
acceptance-live-alert-behind = The tables of this page are { $entries } entries behind the journal. Last figures at { $time }.
acceptance-live-alert-behind-next = Decisions at gates are not affected. The figures catch up by themselves; if not, run jakone doctor on the city's machine.

acceptance-live-last-weekday = last { $weekday }
acceptance-live-last-sunday = last Sunday

acceptance-live-figure-minute = Taps per minute
acceptance-live-figure-minute-note = highest today { $taps }, at { $time }
acceptance-live-figure-minute-none = no taps yet today
acceptance-live-figure-taps = Taps since 00.00 WIB
acceptance-live-figure-taps-note = { $weekday } until the same time { $taps }
acceptance-live-figure-taps-none = last week is not on record yet
acceptance-live-figure-free = Free journeys
acceptance-live-figure-free-note = { $share } of all taps, services priced Rp0 included
acceptance-live-figure-subsidy = Value of subsidy
acceptance-live-figure-subsidy-note = fares not charged today

acceptance-live-chart-title-rate = Taps per minute
acceptance-live-chart-title-hours = Taps per hour
acceptance-live-chart-note = all places, WIB
acceptance-live-chart-unit-rate = taps per minute
acceptance-live-chart-unit-hours = taps per hour
acceptance-live-chart-column = Time (WIB)
acceptance-live-chart-label = { $value } today
acceptance-live-chart-lines = Thick line today, dashed line { $weekday }.
acceptance-live-chart-line = Thick line today. There is no record of { $weekday }.
acceptance-live-chart-newest-rate = Since { $time } there were { $value } taps per minute on average
acceptance-live-chart-newest-hours = In the hour from { $time } there were { $value } taps
acceptance-live-chart-above = , { $share } above { $weekday }
acceptance-live-chart-below = , { $share } below { $weekday }
acceptance-live-chart-same = , the same as { $weekday }
acceptance-live-chart-none = No taps yet.
acceptance-live-chart-none-next = The first tap appears here as soon as it stands in the journal.

acceptance-live-subsidy-title = Value of subsidy today
acceptance-live-subsidy-caption = Fares not charged to people with a right.
acceptance-live-subsidy-service = Service
acceptance-live-subsidy-journeys = Journeys
acceptance-live-subsidy-value = Value
acceptance-live-subsidy-total = Total
acceptance-live-subsidy-none = No right has been used today.
acceptance-live-subsidy-none-next = As soon as somebody with a right passes a gate, the fare not charged is shown here by service.

acceptance-live-place-title = Outcomes by place
acceptance-live-place-caption = Taps today by place and outcome
acceptance-live-place-place = Place
acceptance-live-place-spread = Spread
acceptance-live-place-taps = Taps
acceptance-live-place-all = All places
acceptance-live-place-unknown = Unknown place
acceptance-live-place-note = the { $shown } busiest places

acceptance-live-latest-title = Newest decisions
acceptance-live-latest-all = All holders
acceptance-live-latest-caption = The last decisions, newest first
acceptance-live-latest-none = No decisions yet.
acceptance-live-latest-time = Time
acceptance-live-latest-holder = Holder
acceptance-live-latest-nobody = unknown
acceptance-live-latest-outcome = Outcome
acceptance-live-latest-charged = Charged
acceptance-live-latest-reason = Reason
acceptance-live-latest-position = Journal position

acceptance-live-books-title = Books in balance at position { $position }
acceptance-live-books-title-not = Books at position { $position }
acceptance-live-books-caption = Three separate counts must agree. If they differ by a single rupiah, the first sentence of this page says so.
acceptance-live-books-unit = Unit
acceptance-live-books-accounts = Balances of all accounts
acceptance-live-books-transfers = Sum of transfers
acceptance-live-books-engine = Count of the engine
acceptance-live-books-difference = Difference
acceptance-live-books-verdict = Result
acceptance-live-books-rupiah = Rupiah
acceptance-live-books-ride = Rides
acceptance-live-books-package = Packages
acceptance-live-books-visit = Visits
acceptance-live-books-unknown = not yet
acceptance-live-books-balanced = In balance
acceptance-live-books-wait = Being counted
acceptance-live-books-apart = Out of balance

# Why an outcome: short for lists, a sentence for histories.
acceptance-reason-shut-short = The gate stayed shut
acceptance-reason-shut = The gate stayed shut; nothing was charged.
acceptance-reason-held-future-short = Terminal clock too far ahead
acceptance-reason-held-future = The terminal's clock was ahead of the time of arrival. The tap is kept without a price until somebody has looked at it.
acceptance-reason-held-too_late-short = Arrived after the limit for rating again
acceptance-reason-held-too_late = The tap arrived after the limit for rating again. It is kept without a price until somebody has looked at it.
acceptance-reason-incident-medium_blocked-short = Opened for a blocked medium
acceptance-reason-incident-medium_blocked = The gate opened for a medium that was blocked already. Charged { $charged }; staff check who bears it.
acceptance-reason-incident-medium_inactive-short = Opened for a medium not yet active
acceptance-reason-incident-medium_inactive = The gate opened for a medium that is not active yet. Charged { $charged }; staff check who bears it.
acceptance-reason-incident-debt_taken-short = Opened; { $debt } missing became debt
acceptance-reason-incident-debt_taken = The gate opened although the purse did not reach. Of { $charged }, { $debt } became debt, settled from the next top-up.
acceptance-reason-free-right-short = { $benefit }
acceptance-reason-free-right = Free because of a right: { $benefit }. The fare of { $full } is not charged.
acceptance-reason-free-right-until = Free because of a right valid until { $until }: { $benefit }. The fare of { $full } is not charged.
acceptance-reason-free-all-short = The service costs Rp0 for everybody
acceptance-reason-free-all = Free because this service costs Rp0 for everybody.
acceptance-reason-paid-right-short = Price of a right: { $benefit }
acceptance-reason-paid-right = Paid { $charged } because of a right: { $benefit }. The usual fare is { $full }.
acceptance-reason-paid-short = Usual fare, no right
acceptance-reason-paid = Paid the usual fare, because no right applies at this place and time.
acceptance-reason-top-up-short = { $full } came in
acceptance-reason-top-up = { $full } came in through the bank.
acceptance-reason-top-up-debt = { $full } came in through the bank. Of that, { $debt } settled debt.

# The gate's display.
acceptance-gate-free = FREE
acceptance-gate-open = OPEN
acceptance-gate-refused = REFUSED
acceptance-gate-balance = Balance { $balance } at { $time }
acceptance-gate-why-medium_unknown = Card unknown
acceptance-gate-next-medium_unknown = Please go to the counter
acceptance-gate-why-medium_blocked = This card is blocked
acceptance-gate-next-medium_blocked = Please go to the counter
acceptance-gate-why-medium_inactive = Card not yet active
acceptance-gate-next-medium_inactive = Activate it at the counter
acceptance-gate-why-place_unknown = Gate not registered
acceptance-gate-next-place_unknown = Use another gate
acceptance-gate-why-tariff_missing = No fare yet
acceptance-gate-next-tariff_missing = Please go to the counter
acceptance-gate-why-purse_insufficient = { $missing } missing
acceptance-gate-next-purse_insufficient = Top up, then tap again

# Tap desk.
acceptance-desk-title = Tap desk
acceptance-desk-crumb = Tap desk. A trial changes no balance.
acceptance-desk-open = Choose a person, a place and a time. See what the gate says.
acceptance-desk-steps = Steps
acceptance-desk-step-person = Person and medium
acceptance-desk-step-place = Place
acceptance-desk-step-time = Time
acceptance-desk-step-decision = Decision
acceptance-desk-step-done = (done)
acceptance-desk-question = What is tried
acceptance-desk-person = Holder
acceptance-desk-person-hint = A holder number such as P-7F3K-2209, or the number of a card
acceptance-desk-media = Media of { $name }
acceptance-desk-medium-active = Active since { $since }
acceptance-desk-medium-blocked = Blocked { $since }
acceptance-desk-medium-inactive = Issued { $since }, not yet active
acceptance-desk-place = Place and service
acceptance-desk-date = Date
acceptance-desk-date-wrong = Write a date such as 24 November 2026.
acceptance-desk-time = Time (WIB)
acceptance-desk-time-wrong = Write hours and minutes such as 07.30.
acceptance-desk-show = Show the decision
acceptance-desk-gate = Gate display
acceptance-desk-badge-free = Accepted, free
acceptance-desk-badge-paid = Accepted, paid
acceptance-desk-badge-refused = Refused
acceptance-desk-because-free = The gate opens without charge, because:
acceptance-desk-because-paid = The gate opens and charges { $charged }, because:
acceptance-desk-because-refused = The gate stays shut, because:
acceptance-desk-rule-label = Rule
acceptance-desk-rule = { $code }, version { $version }
acceptance-desk-version = version { $version }
acceptance-desk-basis-none = no rule for a price yet
acceptance-desk-position = Computed at journal position
acceptance-desk-record = Record as a tap
acceptance-desk-record-note = Recorded at { $place } at the present time, { $time }. The tap enters the journal and may change a balance.

acceptance-desk-missing-person = Nobody to try yet.
acceptance-desk-missing-person-next = Enter the number of a registered holder. In a city that is still empty, register a holder first.
acceptance-desk-missing-medium = This holder has no medium yet.
acceptance-desk-missing-medium-next = Issue a card to this holder, or choose another holder.
acceptance-desk-missing-place = No place is published yet.
acceptance-desk-missing-place-next = Load places with jakone publish, then open this page again.
acceptance-desk-missing-time = The time cannot be read.
acceptance-desk-missing-time-next = Mend the date or the time in the form, then show the decision.

acceptance-desk-reason-missing = { $missing } missing in the purse. { $next }
acceptance-desk-reason-right = { $name } holds the right { $benefit }, valid from { $from } to { $to }.
acceptance-desk-reason-covered = { $service } is covered by that right.
acceptance-desk-reason-active = { $medium } has been active since { $since } and is not blocked.
acceptance-desk-reason-strong = { $medium } has been active since { $since }, is not blocked, and its proof is strong enough for that right (level { $level }).
acceptance-desk-reason-blocked = { $medium } has been blocked since { $since }.
acceptance-desk-reason-inactive = { $medium } was issued { $since } and is not active yet.
acceptance-desk-reason-price-free = The fare of { $service } is { $full } for everybody.
acceptance-desk-reason-price-forgone = The fare of { $service } is { $full }. It is not charged.
acceptance-desk-reason-price-lower = The fare of { $service } is { $full }. Because of the right, { $charged } is charged.
acceptance-desk-reason-price-full = The fare of { $service } is { $full }.
acceptance-desk-reason-no-rights = The holder has no right that lowers the price.
acceptance-desk-reason-lost = { $benefit } is not used. { $reason }.
acceptance-desk-reason-purse = The purse holds { $balance }; after the tap { $after }.
acceptance-desk-reason-purse-short = The purse holds { $balance }, the price is { $charged }.
acceptance-desk-reason-future = This time has not come. Fares and rights are those published so far; the balance and the state of the medium are those at journal position { $position }.
acceptance-desk-reason-past = This time has passed. Fares and rights are those of that time; the balance and the state of the medium are those at journal position { $position }.

acceptance-desk-verdict-won = Lowest price
acceptance-desk-verdict-not-lowest = Another price is lower or the same
acceptance-desk-verdict-service = { $service } is not covered by this right
acceptance-desk-verdict-place = { $place } is not covered by this right
acceptance-desk-verdict-assurance = The proof of this medium is of level { $level }, this right asks for more
acceptance-desk-verdict-not-yet = Valid from { $from } on
acceptance-desk-verdict-ended = Valid until { $to }
acceptance-desk-verdict-revoked = This right was revoked
acceptance-desk-verdict-no-version = No version was in force at that time

acceptance-desk-prices = Prices considered
acceptance-desk-prices-note = the lowest price for the holder wins
acceptance-desk-prices-none = No price can be computed.
acceptance-desk-prices-none-next = Publish a fare for this service, or choose a time when one is in force.
acceptance-desk-price = Price
acceptance-desk-used = Used?
acceptance-desk-why = Why
acceptance-desk-price-tariff = Usual fare, { $service }
acceptance-desk-price-free = Rp0 for everybody
acceptance-desk-price-only = No right makes a lower price
acceptance-desk-price-higher = Higher
acceptance-desk-price-not-held = The holder is not enrolled for this right

acceptance-desk-transfers = Transfers that would be recorded
acceptance-desk-transfers-note = all of them or none
acceptance-desk-transfers-balanced = Debits equal credits for every unit.
acceptance-desk-transfers-nothing = The tap would be recorded without a transfer, because the fare is Rp0.
acceptance-desk-transfers-refused = No transfers, because the gate stays shut.
acceptance-desk-transfers-refused-incident = No transfers, because the gate stays shut. Should a gate without network open all the same, the tap is recorded as an incident.
acceptance-desk-leg = Leg
acceptance-desk-debit = From account (debit)
acceptance-desk-credit = To account (credit)
acceptance-desk-fund = Fund class
acceptance-desk-fund-both = { $from } to { $to }
acceptance-desk-amount = Amount
acceptance-desk-balance-after = Debit balance afterwards
acceptance-desk-purse-same = The purse of { $name } does not change: { $after }.
acceptance-desk-purse-changed = The purse of { $name } would change from { $before } to { $after }.

acceptance-desk-if = If things were different
acceptance-desk-if-note = all else the same; computed by the same engine at the same position
acceptance-desk-if-without = Without that right
acceptance-desk-if-ended = After the right has ended, { $date }
acceptance-desk-if-blocked = { $medium } blocked
acceptance-desk-if-active = { $medium } active again
acceptance-desk-if-own-purse = Paid from the holder's own purse.
acceptance-desk-if-right = Right used: { $benefit }.

# Accounts and fund classes.
acceptance-account-holder-purse = Purse of { $owner }
acceptance-account-holder-debt = Debt of { $owner }
acceptance-account-float-expected = { $owner }, float by the city's own record
acceptance-account-float-confirmed = { $owner }, float by bank statement
acceptance-account-merchant-receivable = { $owner }, fares received
acceptance-account-benefit-forgone = { $owner }, value of subsidy { $year }
acceptance-account-merchant-forgone = { $owner }, fares not charged { $year }
acceptance-account-programme-budget = { $owner }, budget { $year }
acceptance-account-operator-cost = { $owner }, operator's cost
acceptance-fund-holder = Holder
acceptance-fund-programme = Programme
acceptance-fund-operator = Operator
acceptance-fund-bank = Bank
acceptance-fund-merchant = Merchant
acceptance-fund-memo = Memo

# List of holders.
acceptance-holders-title = Holders
acceptance-holders-crumb = People who hold a medium of Jakarta One
acceptance-holders-search = Search
acceptance-holders-field = Holder or card
acceptance-holders-hint = A holder number such as P-7F3K-2209, or the number of a card such as 000042
acceptance-holders-find = Find the holder
acceptance-holders-how = What can be searched for
acceptance-holders-how-number = A holder number: the letter P and eight characters. Its last digit guards against typing errors.
acceptance-holders-how-card = The number of a card: six digits on the card or QR code.
acceptance-holders-how-name = A name cannot be searched for here, because the registry keeps it encrypted.
acceptance-holders-list = All holders
acceptance-holders-first = To the beginning
acceptance-holders-next = Continue the list
acceptance-holders-name = Name
acceptance-holders-number = Holder number
acceptance-holders-home = Region
acceptance-holders-category = Rider category
acceptance-holders-nameless = Not in the registry yet
acceptance-holders-none = No holders yet.
acceptance-holders-none-next = Register residents and issue their media; the first holder appears here.

# A holder's record.
acceptance-holder-masked = (masked)
acceptance-holder-age-and-home = Age and registered address
acceptance-holder-age = { $years } years
acceptance-holder-registry = Registry
acceptance-holder-registry-none = This number has no record in the residents' registry yet
acceptance-holder-since = Holder since
acceptance-holder-seal = { $count ->
    [0] No rights today
    [one] { $count } right today
   *[other] { $count } rights today
  }
acceptance-holder-seal-media = { $count ->
    [0] No active medium
    [one] { $count } active medium
   *[other] { $count } active media
  }
acceptance-holder-seal-debt-none = no debt
acceptance-holder-seal-debt-some = debt { $debt }
acceptance-holder-recorded = The tap was recorded at journal position { $position }.
acceptance-holder-media = Media
acceptance-holder-media-none = No media yet.
acceptance-holder-media-none-next = Issue a card at the counter; issued media appear here.
acceptance-holder-medium-state = State
acceptance-holder-medium-since = Since
acceptance-holder-medium-action = Action
acceptance-holder-medium-try = Try at the tap desk
acceptance-medium-active = Active
acceptance-medium-blocked = Blocked
acceptance-medium-inactive = Not yet active
acceptance-medium-reason-lost = reported lost
acceptance-medium-reason-stolen = reported stolen
acceptance-medium-reason-damaged = damaged
acceptance-medium-reason-office = decided by the office
acceptance-holder-purse = Purse
acceptance-holder-balance-note = at { $time }
acceptance-holder-balance = Balance
acceptance-holder-purpose = What for
acceptance-holder-own = Own money
acceptance-holder-own-purpose = All payments
acceptance-holder-debt = Debt
acceptance-holder-debt-none = None
acceptance-holder-debt-some = Settled from the next top-up
acceptance-holder-rights = Rights that can be used today
acceptance-holder-rights-none = This holder has no rights yet.
acceptance-holder-rights-none-next = Gates charge the usual fare. A right appears here once it is granted.
acceptance-holder-right = Right
acceptance-holder-right-today = Today
acceptance-holder-right-conditions = Conditions
acceptance-holder-right-period = Valid
acceptance-right-usable = Can be used
acceptance-right-not-yet = Not yet
acceptance-right-ended = Ended
acceptance-right-revoked = Revoked
acceptance-right-everywhere = All services.
acceptance-right-services = { $services }.
acceptance-right-assurance = Proof of the medium of level { $level } or stronger.
acceptance-holder-history = History
acceptance-holder-newest = To the newest
acceptance-holder-older = Older history
acceptance-holder-history-caption = Uses with their explanation, newest first
acceptance-holder-history-none = No uses yet.
acceptance-holder-history-none-next = Taps and top-ups appear here with their explanation.
acceptance-holder-when = Time
acceptance-holder-explained = Explanation
