"""What complaints looks for as time passes."""

from services.complaints.commands.limits import tell_of_limits
from services.complaints.commands.stalls import stalled_complaints, tell_of_stall
from shared.sweep import Watch, limits_coming_up

WATCHES = (Watch(limits_coming_up, tell_of_limits), Watch(stalled_complaints, tell_of_stall))
