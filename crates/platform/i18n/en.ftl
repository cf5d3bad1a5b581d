# Platform: page shell, problems, dates, charts.

platform-product = Jakarta One
platform-skip = Skip to content
platform-nav-label = Main sections
platform-nav-label-phone = Main sections (phone)
platform-menu = Menu
platform-language-other = Bahasa Indonesia
platform-footer-basis = Jakarta One System, Governor's Regulation 145/2017. The data on this page are invented.
platform-foot-label = More

platform-outcome-free = Free
platform-outcome-paid = Paid
platform-outcome-refused = Refused
platform-outcome-incident = Incident
platform-assumed = sample figure

platform-chart-rows = The figures of this chart as a table
platform-chart-not-yet = not yet
platform-chart-hidden = hidden: fewer people than the limit

platform-month-1 = January
platform-month-2 = February
platform-month-3 = March
platform-month-4 = April
platform-month-5 = May
platform-month-6 = June
platform-month-7 = July
platform-month-8 = August
platform-month-9 = September
platform-month-10 = October
platform-month-11 = November
platform-month-12 = December

platform-weekday-1 = Monday
platform-weekday-2 = Tuesday
platform-weekday-3 = Wednesday
platform-weekday-4 = Thursday
platform-weekday-5 = Friday
platform-weekday-6 = Saturday
platform-weekday-7 = Sunday

platform-role-terminal_operator = Terminal operator
platform-role-bank = Bank
platform-role-merchant = Merchant
platform-role-operator = Operator
platform-role-data_authority = Diskominfotik
platform-role-agency = City agency
platform-role-monitoring = Monitoring and evaluation team
platform-role-inspector = Inspectorate
platform-role-counter = Gate and counter staff
platform-role-console = Control room
platform-role-resident = Resident
platform-role-system = System
platform-role-nobody = Not signed in
platform-actor-client = API client
platform-actor-device = Device
platform-actor-staff = Demonstration desk
platform-actor-officer = Officer
platform-actor-resident = Resident
platform-actor-system = System
platform-actor-nobody = Not signed in

platform-problems-title = Problem codes
platform-problems-open = Every refusal has a code, a reason and a next step.
platform-problems-lead = Staff and programs read the code; everybody reads the sentence. This list comes from the same registry as the answers of the API.
platform-problems-all = All codes
platform-problems-code = Code
platform-problems-what = What happened
platform-problems-why = Why
platform-problems-next = Next step
platform-problems-status = HTTP status
platform-problems-technical = Technical detail
platform-problems-back = Back to the list of codes
platform-error-home = Open the live page
platform-error-home-resident = Open my card
platform-error-crumb = This request cannot be served

# The audit: what was looked at or changed.

platform-audit-holder_card = Card: money, rights and uses
platform-audit-holder_balance = Balance
platform-audit-holder_history = History of uses
platform-audit-holders_listed = List of holders
platform-audit-decisions_listed = List of decisions
platform-audit-decision_explained = Explanation of one use
platform-audit-accounts_listed = List of accounts
platform-audit-account_shown = One account
platform-audit-identity_shown = Identity: name, age, address, masked NIK
platform-audit-name_listed = Name in a list
platform-audit-medium_blocked = Medium blocked
platform-audit-grant_issued = Grant issued
platform-audit-grant_changed = Grant changed
platform-audit-user_added = User added
platform-audit-user_disabled = User stopped
platform-audit-recovery_given = Recovery given
platform-audit-client_added = Client added
platform-audit-client_limited = Limit of a client changed
platform-audit-client_disabled = Client stopped
platform-audit-device_added = Device added
platform-audit-device_limited = Limit of a device changed
platform-audit-device_disabled = Device stopped
platform-audit-request_made = Request made
platform-audit-request_approved = Request approved
platform-audit-request_rejected = Request rejected
platform-audit-request_withdrawn = Request taken back
platform-audit-audit_exported = Audit taken out
platform-audit-audit_read = Audit read
platform-audit-letter_written = Letter for a deputy written
platform-audit-letter_ended = Letter for a deputy ended
platform-audit-signed_in = Signed in
platform-audit-secrets_chosen = New password and authenticator chosen
platform-audit-tap_recorded = Tap recorded at the tap desk
platform-audit-looks_read = List of who looked
platform-audit-account_opened = One account opened
platform-audit-account_listed = Account in a list
platform-audit-decision_listed = Use in a list
