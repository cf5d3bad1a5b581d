
# Every code: what happened, why, what to do next.

platform-problem-medium_unknown-title = Medium not known
platform-problem-medium_unknown-why = The number of this card or QR is not among the city's media.
platform-problem-medium_unknown-next = Check the medium's number. If the card is damaged, take it to a counter for a new one.

platform-problem-medium_blocked-title = Medium blocked
platform-problem-medium_blocked-why = The holder or an officer has blocked this medium.
platform-problem-medium_blocked-next = Go to a counter, or use another medium of the same holder.

platform-problem-medium_inactive-title = Medium not active
platform-problem-medium_inactive-why = The medium was issued but is not yet activated, or it is no longer valid.
platform-problem-medium_inactive-next = Activate the medium at a counter or on your card's page.

platform-problem-medium_exists-title = Medium number already used
platform-problem-medium_exists-why = A medium with this serial number has been issued before.
platform-problem-medium_exists-next = Issue the medium under another serial number.

platform-problem-place_unknown-title = Place not known
platform-problem-place_unknown-why = The code of this place has not been published in the list of places.
platform-problem-place_unknown-next = Check the place's code, or publish the place first.

platform-problem-purse_insufficient-title = Not enough balance
platform-problem-purse_insufficient-why = The purse holds less than the amount to be paid.
platform-problem-purse_insufficient-next = Top up the purse, then tap again.

platform-problem-account_overdraft-title = Account would be overdrawn
platform-problem-account_overdraft-why = This transfer would take the account beyond its limit.
platform-problem-account_overdraft-next = Lower the amount, or put funds into the account first.

platform-problem-account_unknown-title = Account not known
platform-problem-account_unknown-why = The account named has not been opened.
platform-problem-account_unknown-next = Open the account first, then send the command under a new id.

platform-problem-fund_class_mismatch-title = Fund classes may not meet
platform-problem-fund_class_mismatch-why = The two accounts belong to fund classes that may not pay each other.
platform-problem-fund_class_mismatch-next = Choose accounts of matching fund classes; the matrix is in the chart of accounts.

platform-problem-id_conflict-title = Command id already used
platform-problem-id_conflict-why = This id was used for a command with other content.
platform-problem-id_conflict-next = Send this command under a new id.

platform-problem-id_expired-title = Command id out of its time
platform-problem-id_expired-why = The id is too old, or its time is more than five minutes ahead of the city's clock.
platform-problem-id_expired-next = Set the device's clock, then send under a new id.

platform-problem-amount_invalid-title = Amount not valid
platform-problem-amount_invalid-why = An amount must be in whole rupiah and more than zero.
platform-problem-amount_invalid-next = Write the amount without a fraction and without a minus sign.

platform-problem-amount_too_large-title = Amount too large
platform-problem-amount_too_large-why = The amount is above the limit for one transaction or for this purse.
platform-problem-amount_too_large-next = Lower the amount, or divide it into several transactions.

platform-problem-holder_unknown-title = Holder not known
platform-problem-holder_unknown-why = This holder number is not registered.
platform-problem-holder_unknown-next = Check the holder number. It looks like P-7F3K-2209.

platform-problem-holder_exists-title = Holder already exists
platform-problem-holder_exists-why = This holder number has been opened already.
platform-problem-holder_exists-next = Use the existing holder, or register under another number.

platform-problem-tariff_missing-title = No tariff yet
platform-problem-tariff_missing-why = No tariff is in force for this service at the time of the tap.
platform-problem-tariff_missing-next = Publish a tariff for the service, then try again.

platform-problem-benefit_unknown-title = Benefit not known
platform-problem-benefit_unknown-why = The code of this benefit has not been published.
platform-problem-benefit_unknown-next = Check the benefit's code, or publish its definition.

platform-problem-subject_stale-title = Record has moved on
platform-problem-subject_stale-why = The command carries an older version than the one recorded.
platform-problem-subject_stale-next = Load the record again, then send the change with the latest version.

platform-problem-pending_unknown-title = Pending transfer not known
platform-problem-pending_unknown-why = There is no pending transfer with this id.
platform-problem-pending_unknown-next = Check the id of the transfer to be resolved.

platform-problem-pending_resolved-title = Pending transfer already resolved
platform-problem-pending_resolved-why = The transfer was posted, voided or expired already, and can be resolved only once.
platform-problem-pending_resolved-next = Nothing to do. See the outcome on the transfer's page.

platform-problem-pending_expired-title = Pending transfer expired
platform-problem-pending_expired-why = The deadline for posting this transfer has passed.
platform-problem-pending_expired-next = Make a new pending transfer.

platform-problem-effective_in_past-title = Takes effect in the past
platform-problem-effective_in_past-why = Tariffs, benefits and places can change only from now on.
platform-problem-effective_in_past-next = Choose a time not yet past. The past is corrected by a repricing that two people approve.

platform-problem-parameter_invalid-title = Parameter not valid
platform-problem-parameter_invalid-why = The value lies outside what this parameter allows.
platform-problem-parameter_invalid-next = Choose a value within the limits given in the list of parameters.

platform-problem-content_exists-title = This version is published
platform-problem-content_exists-why = Content with the same code and version is published and cannot be overwritten.
platform-problem-content_exists-next = Publish the change as the next version.

platform-problem-limit_reached-title = System limit reached
platform-problem-limit_reached-why = The command would exceed a number that the system is bounded to.
platform-problem-limit_reached-next = Call the control room; the limit is named in the technical detail.

platform-problem-device_gap-title = Earlier taps are still missing
platform-problem-device_gap-why = Too many sequence numbers of this device are still open.
platform-problem-device_gap-next = Send the older taps first, then repeat this one under the same id. Nothing is lost.

platform-problem-internal-title = The system met an error
platform-problem-internal-why = The system met a situation it does not know. The error has been recorded.
platform-problem-internal-next = Try again shortly. If it happens again, give the request number to the control room.

platform-problem-request_malformed-title = Request cannot be read
platform-problem-request_malformed-why = The body is not valid JSON or does not have the form that is asked for.
platform-problem-request_malformed-next = Compare body and headers with the description on the API page, correct them and send again.

platform-problem-request_too_large-title = Request too large
platform-problem-request_too_large-why = The body is above the limit of size.
platform-problem-request_too_large-next = Divide it into several requests; one upload holds at most a thousand taps.

platform-problem-request_field_unknown-title = A field is not known
platform-problem-request_field_unknown-why = The request holds a field name that the API does not document.
platform-problem-request_field_unknown-next = Remove or correct the field named in the technical detail.

platform-problem-token_missing-title = Token missing
platform-problem-token_missing-why = This address serves known clients only.
platform-problem-token_missing-next = Send the client's token in the header Authorization: Bearer.

platform-problem-token_invalid-title = Token not valid
platform-problem-token_invalid-why = The token is not known, or its client has been disabled.
platform-problem-token_invalid-next = Ask the operator for a new token.

platform-problem-signature_invalid-title = Device signature does not match
platform-problem-signature_invalid-why = The upload is not signed with the device's registered key.
platform-problem-signature_invalid-next = Check the device's key, then sign and send again.

platform-problem-batch_altered-title = Upload differs from what was received
platform-problem-batch_altered-why = The chain of this device's uploads does not continue the one recorded.
platform-problem-batch_altered-next = Do not send it again. Call the control room to have the device examined.

platform-problem-access_denied-title = Access denied
platform-problem-access_denied-why = Your role, or the leave in force today, does not cover this action.
platform-problem-access_denied-next = Leave to see persons is given by Diskominfotik; for anything else ask your head of office, or use a role that covers it.

platform-problem-sign_in_refused-title = Not signed in
platform-problem-sign_in_refused-why = Name, password and code do not go together, the code was used already, or the user is paused after several failures.
platform-problem-sign_in_refused-next = Check all three and take the newest code. After five failures, wait 15 minutes.

platform-problem-code_refused-title = The code does not match yet
platform-problem-code_refused-why = The code is wrong, was used already, or is older than five minutes.
platform-problem-code_refused-next = Look at the newest message on your phone and type its six digits. If that fails, ask for a new code.

platform-problem-code_unavailable-title = No code can be sent
platform-problem-code_unavailable-why = This system is not connected to a sender of messages.
platform-problem-code_unavailable-next = Come to a counter with your card and identity card; people there will help. Operator: start with --message-gateway.

platform-problem-codes_exhausted-title = Too many ask for a code
platform-problem-codes_exhausted-why = Very many codes were asked for within the last hour.
platform-problem-codes_exhausted-next = Wait a few minutes, then try again. If it is urgent, come to a counter with your card and identity card.

platform-problem-holder_number_invalid-title = Not a holder number
platform-problem-holder_number_invalid-why = A holder number is the letter P and eight letters or digits, like P-7F3K-2209.
platform-problem-holder_number_invalid-next = Look at the number on your card again and type it once more.

platform-problem-user_invalid-title = Incomplete user
platform-problem-user_invalid-why = A sign-in name has 2 to 40 lower-case letters, digits, points or hyphens; a person's name 1 to 100 characters; the role is one of the staff roles.
platform-problem-user_invalid-next = Correct it and try again.

platform-problem-user_exists-title = Sign-in name taken
platform-problem-user_exists-why = There is a user with this sign-in name.
platform-problem-user_exists-next = Choose another sign-in name.

platform-problem-grant_invalid-title = Incomplete grant
platform-problem-grant_invalid-why = A grant names role, columns to be seen, purpose, document number, first and last day; changing one needs a reason.
platform-problem-grant_invalid-next = Complete the marked fields and send again.

platform-problem-grant_to_self-title = Not to oneself
platform-problem-grant_to_self-why = Diskominfotik grants views of persons, but none to itself (clauses 7 and 10).
platform-problem-grant_to_self-next = Choose another role. For analysis use the figures of Places, Mobility and Programmes.

platform-problem-grant_revoked-title = Grant revoked
platform-problem-grant_revoked-why = A revoked grant cannot be changed any more.
platform-problem-grant_revoked-next = Issue a new one with a document of its own.

platform-problem-route_unknown-title = No such page
platform-problem-route_unknown-why = This address is not known.
platform-problem-route_unknown-next = Check the address, or begin at the live page.

platform-problem-method_not_allowed-title = Method not supported
platform-problem-method_not_allowed-why = The address exists, but not for the HTTP method used.
platform-problem-method_not_allowed-next = Use the method given on the API page.

platform-problem-not_found-title = Record not found
platform-problem-not_found-why = There is no record with that number.
platform-problem-not_found-next = Check the number, then search again.

platform-problem-rate_limited-title = Too many requests
platform-problem-rate_limited-why = This client is above its limit of requests a minute.
platform-problem-rate_limited-next = Wait for the time given in Retry-After, then try again under the same id.

platform-problem-queue_full-title = Queue full
platform-problem-queue_full-why = The system is serving all it can and has decided nothing for this request.
platform-problem-queue_full-next = Try again after the time given in Retry-After, under the same id.

platform-problem-journal_full-title = Journal out of space
platform-problem-journal_full-why = No space is prepared for recording the next decision.
platform-problem-journal_full-next = The control room must add storage. Repeat afterwards under the same id.

platform-problem-storage_full-title = Database out of space
platform-problem-storage_full-why = There is no room on the disk to write this down. Nothing was changed.
platform-problem-storage_full-next = The control room must make room on the disk. Try again after the time in the Retry-After header.

platform-problem-clock_stepped-title = The system's clock jumped
platform-problem-clock_stepped-why = The machine's clock moved too far, so commands of value are stopped until an operator accepts it.
platform-problem-clock_stepped-next = The control room must check the machine's clock. Repeat afterwards under the same id.

platform-problem-timeout-title = No answer yet
platform-problem-timeout-why = The system did not answer in time; the command may or may not be recorded.
platform-problem-timeout-next = Repeat under the same id; the answer will be the same and nothing counts twice.

platform-problem-projection_behind-title = Records are not at that position yet
platform-problem-projection_behind-why = The read tables have not reached the journal position asked for.
platform-problem-projection_behind-next = Try again shortly, or read without min_position.

platform-problem-nik_invalid-title = NIK not valid
platform-problem-nik_invalid-why = A NIK has 16 digits with a possible date of birth and serial number.
platform-problem-nik_invalid-next = Check the NIK on the identity card and send again.

platform-problem-phone_invalid-title = Mobile number not valid
platform-problem-phone_invalid-why = A mobile number of Indonesia begins with 08 or +628 and has 10 to 13 digits.
platform-problem-phone_invalid-next = Check the mobile number and send again.

platform-problem-nik_registered-title = NIK already registered
platform-problem-nik_registered-why = A holder with this NIK exists already.
platform-problem-nik_registered-next = Find the holder by that NIK; do not register the person twice.

platform-problem-name_invalid-title = Name not valid
platform-problem-name_invalid-why = The name is empty, too long or holds control characters.
platform-problem-name_invalid-next = Write the name as on the identity card, at most 200 letters.

platform-problem-household_registered-title = Household already registered
platform-problem-household_registered-why = A household with this family card number exists already.
platform-problem-household_registered-next = Find the household and add its members.

platform-problem-household_invalid-title = Household not valid
platform-problem-household_invalid-why = The family card number is not 16 digits, a member is not known, or the head is not a member.
platform-problem-household_invalid-next = Check the family card number and the members, then send again.

platform-problem-account_exists-title = Account exists
platform-problem-account_exists-why = An account of that kind, owner and unit is open already.
platform-problem-account_exists-next = Use the existing account.

platform-problem-leg_invalid-title = Transfer leg invalid
platform-problem-leg_invalid-why = Both accounts are the same, count different units, or there are too few or too many legs.
platform-problem-leg_invalid-next = Check the debit and credit accounts and the number of legs.

platform-problem-organisation_unknown-title = Organisation unknown
platform-problem-organisation_unknown-why = That bank, operator or merchant is not published, or has another role.
platform-problem-organisation_unknown-next = Check the code, or publish the organisation first.

platform-problem-period_invalid-title = Period invalid
platform-problem-period_invalid-why = The first day comes after the last day.
platform-problem-period_invalid-next = Correct both dates and send it with a new id.

platform-problem-deadline_invalid-title = Deadline invalid
platform-problem-deadline_invalid-why = The deadline must lie in the future.
platform-problem-deadline_invalid-next = Choose a later deadline and send it with a new id.

platform-problem-version_invalid-title = Version out of order
platform-problem-version_invalid-why = The published version must be exactly one above the last.
platform-problem-version_invalid-next = Check the version number in the content file.

platform-problem-genesis_exists-title = Journal already founded
platform-problem-genesis_exists-why = This journal has its founding record already.
platform-problem-genesis_exists-next = Use another data directory for a new city.

platform-problem-epoch_invalid-title = Epoch out of order
platform-problem-epoch_invalid-why = The epoch of a process must be exactly one above the last.
platform-problem-epoch_invalid-next = Start the service again so that it reads the journal.

platform-problem-movement_missing-title = Place and time missing
platform-problem-movement_missing-why = This command must say where and when the medium was used.
platform-problem-movement_missing-next = Add place and time and send it again.

platform-problem-device_unknown-title = Device unknown
platform-problem-device_unknown-why = That device is not registered, is disabled, or is run by another operator.
platform-problem-device_unknown-next = Check the device number, or register its key first.

platform-problem-batch_too_large-title = Batch of wrong size
platform-problem-batch_too_large-why = A batch holds 1 to 1,000 taps.
platform-problem-batch_too_large-next = Split the batch into parts.

platform-problem-engine_stopped-title = Service is stopping
platform-problem-engine_stopped-why = The engine stopped before it answered. The command may have been recorded.
platform-problem-engine_stopped-next = Send it again with the same id; if it was recorded, you hear the same outcome.

platform-problem-not_leading-title = Another machine answers
platform-problem-not_leading-why = This machine has lost touch with the journal for a moment, and another may have taken its place. What it knows may be out of date.
platform-problem-not_leading-next = Ask again in a moment, or ask the other machine.

platform-problem-place_closed-title = Place closed
platform-problem-place_closed-why = This place is closed at that time, by its opening hours or its closed day.
platform-problem-place_closed-next = Come back during the opening hours, or choose another place.

platform-problem-place_full-title = Place full
platform-problem-place_full-why = As many people are inside as this place may hold.
platform-problem-place_full-next = Wait until somebody leaves, then tap again.

platform-problem-party_invalid-title = Group not valid
platform-problem-party_invalid-why = The group must include the holder, name each category once, and count at least one person in each.
platform-problem-party_invalid-next = Correct the number of people of each category, then tap again.

platform-problem-party_too_large-title = Group too large
platform-problem-party_too_large-why = More people are on one card than this place allows.
platform-problem-party_too_large-next = Let part of the group enter with another card, or go to the counter.

platform-problem-calendar_missing-title = Calendar missing
platform-problem-calendar_missing-why = No published calendar says what kind of day this date is.
platform-problem-calendar_missing-next = Publish the calendar of that year first, then send the command under a new id.

platform-problem-merchant_type_not_allowed-title = Wallet not taken here
platform-problem-merchant_type_not_allowed-why = This aid cannot be spent at this type of merchant.
platform-problem-merchant_type_not_allowed-next = Pay with own money, or use the aid at a merchant of a type it allows.

platform-problem-good_not_allowed-title = Good not allowed
platform-problem-good_not_allowed-why = The basket has a good that this money may not buy. The answer names it; nothing was taken.
platform-problem-good_not_allowed-next = Take that good out of the basket, or pay for it apart with own money.

platform-problem-wallet_insufficient-title = Not enough in the wallet
platform-problem-wallet_insufficient-why = The aid wallet holds less than the amount asked.
platform-problem-wallet_insufficient-next = Lower the amount, or pay with own money.

platform-problem-wallet_unknown-title = No such wallet
platform-problem-wallet_unknown-why = The holder has no wallet of this programme.
platform-problem-wallet_unknown-next = Choose another source of money, or check with the programme's office whether the aid was paid out.

platform-problem-cash_not_allowed-title = No cash from this wallet
platform-problem-cash_not_allowed-why = The money of this wallet is for goods and cannot be taken out in cash.
platform-problem-cash_not_allowed-next = Spend it at a merchant that takes it.

platform-problem-cash_limit_exceeded-title = Over the cash limit
platform-problem-cash_limit_exceeded-why = The amount is more than the cash limit of this period leaves.
platform-problem-cash_limit_exceeded-next = Take out a lower amount, or wait for the next period.

platform-problem-quota_exhausted-title = Quota used up
platform-problem-quota_exhausted-why = What this benefit gives in the period has been used already.
platform-problem-quota_exhausted-next = Wait for the next period, or pay the usual price.

platform-problem-benefit_missing-title = Only for those entitled
platform-problem-benefit_missing-why = This good is sold only to holders of the benefit, and the holder has none on that day.
platform-problem-benefit_missing-next = Check the benefit and its last day with the programme's office.

platform-problem-good_price_mismatch-title = Not the published price
platform-problem-good_price_mismatch-why = The amount differs from the published price of the good.
platform-problem-good_price_mismatch-next = Ask the published price and send the purchase with that amount under a new id.

platform-problem-good_quantity_exceeded-title = Too many of one good
platform-problem-good_quantity_exceeded-why = One purchase may hold one of each subsidised good.
platform-problem-good_quantity_exceeded-next = Lower the quantity to one.

platform-problem-purchase_unknown-title = Purchase not known
platform-problem-purchase_unknown-why = No purchase of yours has that number, or it is older than purchases are kept.
platform-problem-purchase_unknown-next = Check the purchase number on the receipt. For an older purchase, write to the operator.

platform-problem-purchase_resolved-title = Purchase already closed
platform-problem-purchase_resolved-why = The purchase was captured, undone or has lapsed before.
platform-problem-purchase_resolved-next = Read the state of the purchase. To buy again, send a new purchase.

platform-problem-refund_exceeded-title = More than was paid
platform-problem-refund_exceeded-why = The refund is more than what is left of that line.
platform-problem-refund_exceeded-next = Lower the refund to what is left of the line.

platform-problem-line_unknown-title = No such line
platform-problem-line_unknown-why = The purchase has no line with that number.
platform-problem-line_unknown-next = Count the lines from 0, as they were sent.

platform-problem-period_too_long-title = Period too long
platform-problem-period_too_long-why = The grant is longer than the benefit allows.
platform-problem-period_too_long-next = Choose an earlier last day.

platform-problem-benefit_group_taken-title = Another benefit of this group
platform-problem-benefit_group_taken-why = The holder has a benefit of the same group in that period, and only one is allowed.
platform-problem-benefit_group_taken-next = End the other benefit first, or choose a period after it.

platform-problem-budget_exhausted-title = Budget used up
platform-problem-budget_exhausted-why = The budget of this benefit for the fiscal year does not reach.
platform-problem-budget_exhausted-next = Wait for a budget change, or ask the agency that runs the programme.

platform-problem-approval_missing-title = Two approvals needed
platform-problem-approval_missing-why = Two different people have to approve, neither of them the one who asks.
platform-problem-approval_missing-next = Let two other people approve, then send the command under a new id.

platform-problem-days_forgotten-title = Days no longer kept
platform-problem-days_forgotten-why = The taps of those days are older than taps are kept, so they cannot be priced anew.
platform-problem-days_forgotten-next = Choose later days. An older claim goes to the operator as a complaint.

platform-problem-definition_invalid-title = Definition not valid
platform-problem-definition_invalid-why = What is to be published contradicts itself.
platform-problem-definition_invalid-next = Correct the content file; the message of jakone publish names line and field.

platform-problem-medium_replaced-title = Medium replaced
platform-problem-medium_replaced-why = Another medium of the same holder has taken the place of this one.
platform-problem-medium_replaced-next = Use the new medium. If it is lost, go to a counter.

platform-problem-merchant_not_allowed-title = Not sold by this merchant
platform-problem-merchant_not_allowed-why = Goods at this price are sold only by the merchants that the programme names.
platform-problem-merchant_not_allowed-next = Go to a merchant of the programme.

platform-problem-wallet_closed-title = Wallet ended
platform-problem-wallet_closed-why = This wallet has ended; what was left went back to the programme.
platform-problem-wallet_closed-next = Pay with own money, or ask the programme's office.

platform-problem-attestation_invalid-title = Lines of the audit out of order
platform-problem-attestation_invalid-why = Digests of the audit have to follow on the last line that the journal holds.
platform-problem-attestation_invalid-next = Tell the operator: audit and journal have to be compared with jakone verify.

platform-problem-record_unknown-title = Decision not found
platform-problem-record_unknown-why = The journal holds no decision at this position or with this id.
platform-problem-record_unknown-next = Copy the position (such as 48210.3) or the id from a receipt, a list or jakone journal show. What was refused before it was decided is not in the journal.

platform-problem-date_invalid-title = Date cannot be used
platform-problem-date_invalid-why = The date in this page’s address cannot be read, has not come yet, or is not part of a week that is over.
platform-problem-date_invalid-next = Open the page without a date, then choose a date or a week in its form. Dates are written like 2026-11-24.

platform-problem-choice_unknown-title = Choice unknown
platform-problem-choice_unknown-why = The address of this page holds a choice that does not exist, such as a city, a kind of day or a service.
platform-problem-choice_unknown-next = Open the page without the choice, then choose from the list on it.

platform-problem-sign_in_needed-title = Sign in first
platform-problem-sign_in_needed-why = This page is only for people who have signed in.
platform-problem-sign_in_needed-next = Sign in with your name, password and code, then open this page again.

platform-problem-request_closed-title = Request already decided
platform-problem-request_closed-why = This request was approved, rejected or taken back already.
platform-problem-request_closed-next = Open it again to see the decision; if it is still needed, make a new one.

platform-problem-approval_own-title = Your own request
platform-problem-approval_own-why = Whoever asks does not decide.
platform-problem-approval_own-next = Ask somebody else who may decide it.

platform-problem-approval_repeated-title = One step decided already
platform-problem-approval_repeated-why = One person decides one step only, also when standing in for another.
platform-problem-approval_repeated-next = Somebody else has to decide this step.

platform-problem-approval_early-title = Decided too early
platform-problem-approval_early-why = This request belongs to another that was not approved yet.
platform-problem-approval_early-next = Decide that one first.

platform-problem-reason_missing-title = Reason missing
platform-problem-reason_missing-why = A rejection needs a reason, of at most 200 letters.
platform-problem-reason_missing-next = Write the reason in short and send again.

platform-problem-letter_invalid-title = Letter incomplete
platform-problem-letter_invalid-why = A letter names a deputy, its number and its period; the deputy has to be somebody else who is active.
platform-problem-letter_invalid-next = Fill in what is missing and send again.

platform-problem-recovery_refused-title = Recovery refused
platform-problem-recovery_refused-why = Name and recovery code do not go together, the code was used already, or its time is over.
platform-problem-recovery_refused-next = Check both. After 24 hours, ask for a new recovery.

platform-problem-password_weak-title = Password too weak
platform-problem-password_weak-why = A new password has at least 12 letters, is typed the same twice and is not your name.
platform-problem-password_weak-next = Choose a few unrelated words and type them twice.

platform-problem-limit_invalid-title = Limit not valid
platform-problem-limit_invalid-why = A limit is a number of requests a minute, from 1 to 1,000,000, or empty.
platform-problem-limit_invalid-next = Type a whole number and send again.

platform-problem-client_invalid-title = Client incomplete
platform-problem-client_invalid-why = A client needs a name and a role.
platform-problem-client_invalid-next = Fill in what is missing and send again.

platform-problem-client_exists-title = Client name taken
platform-problem-client_exists-why = There is a client of that name already.
platform-problem-client_exists-next = Choose another name.

platform-problem-device_invalid-title = Device incomplete
platform-problem-device_invalid-why = A device needs a number, the client that runs it and an Ed25519 public key (64 hexadecimal digits).
platform-problem-device_invalid-next = Check number and key on the device and send again.

platform-problem-device_exists-title = Device exists
platform-problem-device_exists-why = That number or key is registered already.
platform-problem-device_exists-next = Check the number on the device; one that was replaced gets a new number and key.
