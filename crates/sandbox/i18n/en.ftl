# Messages that would reach a phone.

sandbox-gateway-title = Messages on the phone
sandbox-gateway-crumb = A demonstration. Numbers and people are invented; no message is really sent.
sandbox-gateway-open = Messages on the phone
sandbox-gateway-lead = In the real city these reach the phone of the card's holder. The newest comes first.
sandbox-gateway-list = Messages received
sandbox-gateway-none = No message yet.
sandbox-gateway-none-next = Ask for a code where one signs in, then load this page again.
sandbox-gateway-again = Load again
sandbox-gateway-back = Back, to type the code
