-- Message events without the copies that Customer.io or this service delivered again: of each event, the first received.
select *
from ${dataset}.message_events
where true
qualify row_number() over (partition by event_id order by received_at) = 1
