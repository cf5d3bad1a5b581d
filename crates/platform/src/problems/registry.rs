//! The list of codes. A new code is one line here and three texts in each of `i18n/problems.*.ftl`.

use super::ProblemKind;

/// Declares a constant per code and [`ALL`] of them, in the order written.
macro_rules! registry {
    ($($name:ident = $code:literal, $status:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`")]
            pub const $name: ProblemKind = ProblemKind { code: $code, status: $status };
        )*
        /// Every code there is.
        pub const ALL: &[ProblemKind] = &[$($name),*];
    };
}

registry! {
    // What the engine refuses.
    MEDIUM_UNKNOWN = "medium_unknown", 404;
    MEDIUM_BLOCKED = "medium_blocked", 409;
    MEDIUM_INACTIVE = "medium_inactive", 409;
    MEDIUM_EXISTS = "medium_exists", 409;
    PLACE_UNKNOWN = "place_unknown", 404;
    PURSE_INSUFFICIENT = "purse_insufficient", 409;
    ACCOUNT_OVERDRAFT = "account_overdraft", 409;
    ACCOUNT_UNKNOWN = "account_unknown", 404;
    ACCOUNT_EXISTS = "account_exists", 409;
    LEG_INVALID = "leg_invalid", 422;
    FUND_CLASS_MISMATCH = "fund_class_mismatch", 409;
    ID_CONFLICT = "id_conflict", 409;
    ID_EXPIRED = "id_expired", 409;
    AMOUNT_INVALID = "amount_invalid", 422;
    AMOUNT_TOO_LARGE = "amount_too_large", 422;
    HOLDER_UNKNOWN = "holder_unknown", 404;
    HOLDER_EXISTS = "holder_exists", 409;
    TARIFF_MISSING = "tariff_missing", 409;
    BENEFIT_UNKNOWN = "benefit_unknown", 404;
    ORGANISATION_UNKNOWN = "organisation_unknown", 404;
    PERIOD_INVALID = "period_invalid", 422;
    SUBJECT_STALE = "subject_stale", 409;
    PENDING_UNKNOWN = "pending_unknown", 404;
    PENDING_RESOLVED = "pending_resolved", 409;
    PENDING_EXPIRED = "pending_expired", 409;
    EFFECTIVE_IN_PAST = "effective_in_past", 409;
    DEADLINE_INVALID = "deadline_invalid", 422;
    VERSION_INVALID = "version_invalid", 409;
    GENESIS_EXISTS = "genesis_exists", 409;
    EPOCH_INVALID = "epoch_invalid", 409;
    MOVEMENT_MISSING = "movement_missing", 422;
    PARAMETER_INVALID = "parameter_invalid", 422;
    CONTENT_EXISTS = "content_exists", 409;
    LIMIT_REACHED = "limit_reached", 409;
    DEVICE_GAP = "device_gap", 409;
    PLACE_CLOSED = "place_closed", 409;
    PLACE_FULL = "place_full", 409;
    PARTY_INVALID = "party_invalid", 422;
    PARTY_TOO_LARGE = "party_too_large", 409;
    CALENDAR_MISSING = "calendar_missing", 409;
    MERCHANT_TYPE_NOT_ALLOWED = "merchant_type_not_allowed", 409;
    GOOD_NOT_ALLOWED = "good_not_allowed", 409;
    WALLET_INSUFFICIENT = "wallet_insufficient", 409;
    WALLET_UNKNOWN = "wallet_unknown", 404;
    CASH_NOT_ALLOWED = "cash_not_allowed", 409;
    CASH_LIMIT_EXCEEDED = "cash_limit_exceeded", 409;
    QUOTA_EXHAUSTED = "quota_exhausted", 409;
    BENEFIT_MISSING = "benefit_missing", 409;
    GOOD_PRICE_MISMATCH = "good_price_mismatch", 409;
    GOOD_QUANTITY_EXCEEDED = "good_quantity_exceeded", 409;
    PURCHASE_UNKNOWN = "purchase_unknown", 404;
    PURCHASE_RESOLVED = "purchase_resolved", 409;
    REFUND_EXCEEDED = "refund_exceeded", 409;
    LINE_UNKNOWN = "line_unknown", 404;
    PERIOD_TOO_LONG = "period_too_long", 422;
    BENEFIT_GROUP_TAKEN = "benefit_group_taken", 409;
    BUDGET_EXHAUSTED = "budget_exhausted", 409;
    APPROVAL_MISSING = "approval_missing", 409;
    DAYS_FORGOTTEN = "days_forgotten", 409;
    DEFINITION_INVALID = "definition_invalid", 422;
    MEDIUM_REPLACED = "medium_replaced", 409;
    MERCHANT_NOT_ALLOWED = "merchant_not_allowed", 409;
    WALLET_CLOSED = "wallet_closed", 409;
    ATTESTATION_INVALID = "attestation_invalid", 409;
    INTERNAL = "internal", 500;
    // What the edge refuses before a decision.
    REQUEST_MALFORMED = "request_malformed", 400;
    REQUEST_TOO_LARGE = "request_too_large", 413;
    REQUEST_FIELD_UNKNOWN = "request_field_unknown", 400;
    TOKEN_MISSING = "token_missing", 401;
    TOKEN_INVALID = "token_invalid", 401;
    DEVICE_UNKNOWN = "device_unknown", 401;
    BATCH_TOO_LARGE = "batch_too_large", 422;
    ENGINE_STOPPED = "engine_stopped", 503;
    NOT_LEADING = "not_leading", 503;
    SIGNATURE_INVALID = "signature_invalid", 401;
    BATCH_ALTERED = "batch_altered", 409;
    ACCESS_DENIED = "access_denied", 403;
    SIGN_IN_NEEDED = "sign_in_needed", 401;
    SIGN_IN_REFUSED = "sign_in_refused", 403;
    CODE_REFUSED = "code_refused", 403;
    CODE_UNAVAILABLE = "code_unavailable", 503;
    CODES_EXHAUSTED = "codes_exhausted", 503;
    HOLDER_NUMBER_INVALID = "holder_number_invalid", 400;
    USER_INVALID = "user_invalid", 400;
    USER_EXISTS = "user_exists", 409;
    GRANT_INVALID = "grant_invalid", 400;
    GRANT_TO_SELF = "grant_to_self", 403;
    GRANT_REVOKED = "grant_revoked", 409;
    REQUEST_CLOSED = "request_closed", 409;
    APPROVAL_OWN = "approval_own", 403;
    APPROVAL_REPEATED = "approval_repeated", 403;
    APPROVAL_EARLY = "approval_early", 409;
    REASON_MISSING = "reason_missing", 400;
    LETTER_INVALID = "letter_invalid", 400;
    RECOVERY_REFUSED = "recovery_refused", 403;
    PASSWORD_WEAK = "password_weak", 400;
    LIMIT_INVALID = "limit_invalid", 400;
    CLIENT_INVALID = "client_invalid", 400;
    CLIENT_EXISTS = "client_exists", 409;
    DEVICE_INVALID = "device_invalid", 400;
    DEVICE_EXISTS = "device_exists", 409;
    ROUTE_UNKNOWN = "route_unknown", 404;
    METHOD_NOT_ALLOWED = "method_not_allowed", 405;
    NOT_FOUND = "not_found", 404;
    RATE_LIMITED = "rate_limited", 429;
    QUEUE_FULL = "queue_full", 503;
    JOURNAL_FULL = "journal_full", 503;
    STORAGE_FULL = "storage_full", 503;
    CLOCK_STEPPED = "clock_stepped", 503;
    TIMEOUT = "timeout", 504;
    PROJECTION_BEHIND = "projection_behind", 503;
    RECORD_UNKNOWN = "record_unknown", 404;
    // What a page is asked with.
    DATE_INVALID = "date_invalid", 400;
    CHOICE_UNKNOWN = "choice_unknown", 400;
    // The registry of residents.
    NIK_INVALID = "nik_invalid", 422;
    NIK_REGISTERED = "nik_registered", 409;
    PHONE_INVALID = "phone_invalid", 422;
    NAME_INVALID = "name_invalid", 422;
    HOUSEHOLD_REGISTERED = "household_registered", 409;
    HOUSEHOLD_INVALID = "household_invalid", 422;
}
