-- Subscription events without copies: of each event, the first received.
select *
from ${dataset}.subscription_events
where true
qualify row_number() over (partition by event_id order by received_at) = 1
