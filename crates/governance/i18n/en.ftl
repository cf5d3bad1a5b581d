# Signing in and out.

governance-nav-sign-in = Sign in
governance-sign-in-title = Sign in
governance-sign-in-crumb = For people at work. Holders of a card need not sign in here.
governance-sign-in-open = Who is at work here?
governance-sign-in-login = Sign-in name
governance-sign-in-password = Password
governance-sign-in-code = Code of six digits
governance-sign-in-code-hint = From the authenticator on your phone. It changes every 30 seconds; each code is used once.
governance-sign-in-help = Cannot sign in?
governance-sign-in-help-lost = Phone lost or password forgotten: turn to two officers of Diskominfotik. One alone cannot restore it.
governance-sign-in-help-end = You are signed out after 30 minutes without use, or 12 hours after you signed in.
governance-sign-in-hello = You are signed in as { $name }.
governance-sign-in-ways = What you may open
governance-sign-out = Sign out
governance-sign-out-note = Sign out when you leave the desk or somebody else uses this computer.
governance-samples-title = Sample accounts
governance-samples-note = in this demonstration only; anybody may use them
governance-samples-who = Name and role
governance-samples-code = Code now
