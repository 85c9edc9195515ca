-- Results per campaign, broadcast, newsletter or transactional message, and day (UTC), without machines. A machine's
-- open is one that Customer.io marks as prefetched, or that it inferred (synthetic) from a machine's click; opens through
-- a privacy proxy are people's. Counts are of events, opened_deliveries and clicked_deliveries of messages, however often
-- one was opened or clicked.
with events as (
  select
    message_events_unique.*,
    max(case when metric = 'clicked' and machine is not true then 1 else 0 end) over (partition by delivery_id)
      as clicked_by_person
  from ${dataset}.message_events_unique
),
marked as (
  select
    events.*,
    metric = 'opened' and (prefetched is true or (synthetic is true and clicked_by_person = 0)) as machine_open,
    metric = 'clicked' and machine is true as machine_click
  from events
)
select
  cast(event_time as date) as day,
  case
    when campaign_id is not null then 'campaign'
    when broadcast_id is not null then 'broadcast'
    when newsletter_id is not null then 'newsletter'
    when transactional_message_id is not null then 'transactional'
    else 'other'
  end as source,
  coalesce(
    cast(campaign_id as string), cast(broadcast_id as string), cast(newsletter_id as string),
    transactional_message_id) as source_id,
  object_type as channel,
  count(case when metric = 'sent' then 1 end) as sent,
  count(case when metric = 'delivered' then 1 end) as delivered,
  count(case when metric = 'opened' and not machine_open then 1 end) as opened,
  count(distinct case when metric = 'opened' and not machine_open then delivery_id end) as opened_deliveries,
  count(case when metric = 'clicked' and not machine_click then 1 end) as clicked,
  count(distinct case when metric = 'clicked' and not machine_click then delivery_id end) as clicked_deliveries,
  count(case when machine_open then 1 end) as machine_opened,
  count(case when machine_click then 1 end) as machine_clicked,
  count(case when metric = 'converted' then 1 end) as converted,
  count(case when metric = 'bounced' then 1 end) as bounced,
  count(case when metric in ('failed', 'undeliverable', 'dropped') then 1 end) as failed,
  count(case when metric = 'spammed' then 1 end) as spammed,
  count(case when metric = 'unsubscribed' then 1 end) as unsubscribed
from marked
group by 1, 2, 3, 4
