
# The API page.
acceptance-api-title = API
acceptance-api-crumb = For makers of terminals, banks and the operator
acceptance-api-open = The API of Jakarta One: ask, tap, top up, balance and history.
acceptance-api-lead = A decided command answers 200 with accepted or refused and a code. A 4xx never reached a decision. Every answer names the journal position it rests on.
acceptance-api-document = OpenAPI document for machines
acceptance-api-by-client = with a client's token (Authorization: Bearer)
acceptance-api-by-device = with the terminal's signature
acceptance-api-by-nobody = without a key
acceptance-api-parameters = Parameters
acceptance-api-body = Body
acceptance-api-answer = Answer 200
acceptance-api-field = Field
acceptance-api-kind = Kind
acceptance-api-required = Required
acceptance-api-what = Meaning
acceptance-api-yes = yes
acceptance-api-no = no
