-- What each person wants to receive now: the latest choice, and the latest topic preferences. Unsubscribing through a
-- message counts, whether or not Customer.io also reported it for the person.
with choices as (
  select cio_id, person_id, person_email, event_id, event_time, received_at, metric, content
  from ${dataset}.subscription_events_unique
  union all
  select cio_id, person_id, person_email, event_id, event_time, received_at, metric, cast(null as string) as content
  from ${dataset}.message_events_unique
  where metric = 'unsubscribed'
),
keyed as (
  -- The first identifier that is there, in Customer.io's own order of permanence.
  select coalesce(nullif(cio_id, ''), nullif(person_id, ''), nullif(person_email, '')) as person, choices.*
  from choices
),
numbered as (
  select
    keyed.*,
    metric = 'cio_subscription_preferences_changed' as is_preferences,
    row_number() over (
      partition by person, metric = 'cio_subscription_preferences_changed'
      order by event_time desc, received_at desc, event_id desc) as recency
  from keyed
  where person is not null
)
select
  person,
  max(case when not is_preferences then metric end) as status,
  max(case when not is_preferences then event_time end) as status_since,
  max(case when is_preferences then content end) as preferences,
  max(case when is_preferences then event_time end) as preferences_since,
  max(person_id) as person_id,
  max(person_email) as person_email
from numbered
where recency = 1
group by person
