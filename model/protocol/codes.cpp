#include "model/protocol/codes.h"

namespace gantry::model::protocol {

std::string_view name_of(RequestCode code) {
  switch (code) {
    case RequestCode::send_message: return "SEND_MESSAGE";
    case RequestCode::pull_message: return "PULL_MESSAGE";
    case RequestCode::query_message: return "QUERY_MESSAGE";
    case RequestCode::query_broker_offset: return "QUERY_BROKER_OFFSET";
    case RequestCode::query_consumer_offset: return "QUERY_CONSUMER_OFFSET";
    case RequestCode::update_consumer_offset: return "UPDATE_CONSUMER_OFFSET";
    case RequestCode::update_and_create_topic: return "UPDATE_AND_CREATE_TOPIC";
    case RequestCode::get_all_topic_config: return "GET_ALL_TOPIC_CONFIG";
    case RequestCode::get_topic_config_list: return "GET_TOPIC_CONFIG_LIST";
    case RequestCode::get_topic_name_list: return "GET_TOPIC_NAME_LIST";
    case RequestCode::update_broker_config: return "UPDATE_BROKER_CONFIG";
    case RequestCode::get_broker_config: return "GET_BROKER_CONFIG";
    case RequestCode::trigger_delete_files: return "TRIGGER_DELETE_FILES";
    case RequestCode::get_broker_runtime_info: return "GET_BROKER_RUNTIME_INFO";
    case RequestCode::search_offset_by_timestamp: return "SEARCH_OFFSET_BY_TIMESTAMP";
    case RequestCode::get_max_offset: return "GET_MAX_OFFSET";
    case RequestCode::get_min_offset: return "GET_MIN_OFFSET";
    case RequestCode::get_earliest_msg_storetime: return "GET_EARLIEST_MSG_STORETIME";
    case RequestCode::view_message_by_id: return "VIEW_MESSAGE_BY_ID";
    case RequestCode::heart_beat: return "HEART_BEAT";
    case RequestCode::unregister_client: return "UNREGISTER_CLIENT";
    case RequestCode::consumer_send_msg_back: return "CONSUMER_SEND_MSG_BACK";
    case RequestCode::end_transaction: return "END_TRANSACTION";
    case RequestCode::get_consumer_list_by_group: return "GET_CONSUMER_LIST_BY_GROUP";
    case RequestCode::check_transaction_state: return "CHECK_TRANSACTION_STATE";
    case RequestCode::notify_consumer_ids_changed: return "NOTIFY_CONSUMER_IDS_CHANGED";
    case RequestCode::lock_batch_mq: return "LOCK_BATCH_MQ";
    case RequestCode::unlock_batch_mq: return "UNLOCK_BATCH_MQ";
    case RequestCode::get_all_consumer_offset: return "GET_ALL_CONSUMER_OFFSET";
    case RequestCode::get_all_delay_offset: return "GET_ALL_DELAY_OFFSET";
    case RequestCode::check_client_config: return "CHECK_CLIENT_CONFIG";
    case RequestCode::update_and_create_acl_config: return "UPDATE_AND_CREATE_ACL_CONFIG";
    case RequestCode::delete_acl_config: return "DELETE_ACL_CONFIG";
    case RequestCode::get_broker_cluster_acl_info: return "GET_BROKER_CLUSTER_ACL_INFO";
    case RequestCode::update_global_white_addrs_config: return "UPDATE_GLOBAL_WHITE_ADDRS_CONFIG";
    case RequestCode::put_kv_config: return "PUT_KV_CONFIG";
    case RequestCode::get_kv_config: return "GET_KV_CONFIG";
    case RequestCode::delete_kv_config: return "DELETE_KV_CONFIG";
    case RequestCode::register_broker: return "REGISTER_BROKER";
    case RequestCode::unregister_broker: return "UNREGISTER_BROKER";
    case RequestCode::get_routeinfo_by_topic: return "GET_ROUTEINFO_BY_TOPIC";
    case RequestCode::get_broker_cluster_info: return "GET_BROKER_CLUSTER_INFO";
    case RequestCode::update_and_create_subscriptiongroup: return "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP";
    case RequestCode::get_all_subscriptiongroup_config: return "GET_ALL_SUBSCRIPTIONGROUP_CONFIG";
    case RequestCode::get_topic_stats_info: return "GET_TOPIC_STATS_INFO";
    case RequestCode::get_consumer_connection_list: return "GET_CONSUMER_CONNECTION_LIST";
    case RequestCode::get_producer_connection_list: return "GET_PRODUCER_CONNECTION_LIST";
    case RequestCode::wipe_write_perm_of_broker: return "WIPE_WRITE_PERM_OF_BROKER";
    case RequestCode::get_all_topic_list_from_nameserver: return "GET_ALL_TOPIC_LIST_FROM_NAMESERVER";
    case RequestCode::delete_subscriptiongroup: return "DELETE_SUBSCRIPTIONGROUP";
    case RequestCode::get_consume_stats: return "GET_CONSUME_STATS";
    case RequestCode::suspend_consumer: return "SUSPEND_CONSUMER";
    case RequestCode::resume_consumer: return "RESUME_CONSUMER";
    case RequestCode::reset_consumer_offset_in_consumer: return "RESET_CONSUMER_OFFSET_IN_CONSUMER";
    case RequestCode::reset_consumer_offset_in_broker: return "RESET_CONSUMER_OFFSET_IN_BROKER";
    case RequestCode::adjust_consumer_thread_pool: return "ADJUST_CONSUMER_THREAD_POOL";
    case RequestCode::who_consume_the_message: return "WHO_CONSUME_THE_MESSAGE";
    case RequestCode::delete_topic_in_broker: return "DELETE_TOPIC_IN_BROKER";
    case RequestCode::delete_topic_in_namesrv: return "DELETE_TOPIC_IN_NAMESRV";
    case RequestCode::get_kvlist_by_namespace: return "GET_KVLIST_BY_NAMESPACE";
    case RequestCode::reset_consumer_client_offset: return "RESET_CONSUMER_CLIENT_OFFSET";
    case RequestCode::get_consumer_status_from_client: return "GET_CONSUMER_STATUS_FROM_CLIENT";
    case RequestCode::invoke_broker_to_reset_offset: return "INVOKE_BROKER_TO_RESET_OFFSET";
    case RequestCode::invoke_broker_to_get_consumer_status: return "INVOKE_BROKER_TO_GET_CONSUMER_STATUS";
    case RequestCode::get_topics_by_cluster: return "GET_TOPICS_BY_CLUSTER";
    case RequestCode::query_topic_consume_by_who: return "QUERY_TOPIC_CONSUME_BY_WHO";
    case RequestCode::register_filter_server: return "REGISTER_FILTER_SERVER";
    case RequestCode::register_message_filter_class: return "REGISTER_MESSAGE_FILTER_CLASS";
    case RequestCode::query_consume_time_span: return "QUERY_CONSUME_TIME_SPAN";
    case RequestCode::get_system_topic_list_from_ns: return "GET_SYSTEM_TOPIC_LIST_FROM_NS";
    case RequestCode::get_system_topic_list_from_broker: return "GET_SYSTEM_TOPIC_LIST_FROM_BROKER";
    case RequestCode::clean_expired_consumequeue: return "CLEAN_EXPIRED_CONSUMEQUEUE";
    case RequestCode::get_consumer_running_info: return "GET_CONSUMER_RUNNING_INFO";
    case RequestCode::query_correction_offset: return "QUERY_CORRECTION_OFFSET";
    case RequestCode::consume_message_directly: return "CONSUME_MESSAGE_DIRECTLY";
    case RequestCode::send_message_v2: return "SEND_MESSAGE_V2";
    case RequestCode::get_unit_topic_list: return "GET_UNIT_TOPIC_LIST";
    case RequestCode::get_has_unit_sub_topic_list: return "GET_HAS_UNIT_SUB_TOPIC_LIST";
    case RequestCode::get_has_unit_sub_ununit_topic_list: return "GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST";
    case RequestCode::clone_group_offset: return "CLONE_GROUP_OFFSET";
    case RequestCode::view_broker_stats_data: return "VIEW_BROKER_STATS_DATA";
    case RequestCode::clean_unused_topic: return "CLEAN_UNUSED_TOPIC";
    case RequestCode::get_broker_consume_stats: return "GET_BROKER_CONSUME_STATS";
    case RequestCode::update_namesrv_config: return "UPDATE_NAMESRV_CONFIG";
    case RequestCode::get_namesrv_config: return "GET_NAMESRV_CONFIG";
    case RequestCode::send_batch_message: return "SEND_BATCH_MESSAGE";
    case RequestCode::query_consume_queue: return "QUERY_CONSUME_QUEUE";
    case RequestCode::query_data_version: return "QUERY_DATA_VERSION";
    case RequestCode::resume_check_half_message: return "RESUME_CHECK_HALF_MESSAGE";
    case RequestCode::send_reply_message: return "SEND_REPLY_MESSAGE";
    case RequestCode::send_reply_message_v2: return "SEND_REPLY_MESSAGE_V2";
    case RequestCode::push_reply_message_to_client: return "PUSH_REPLY_MESSAGE_TO_CLIENT";
    case RequestCode::add_write_perm_of_broker: return "ADD_WRITE_PERM_OF_BROKER";
    case RequestCode::get_all_producer_info: return "GET_ALL_PRODUCER_INFO";
    case RequestCode::delete_expired_commitlog: return "DELETE_EXPIRED_COMMITLOG";
  }
  return "UNKNOWN";
}

std::string_view name_of(ResponseCode code) {
  switch (code) {
    case ResponseCode::success: return "SUCCESS";
    case ResponseCode::system_error: return "SYSTEM_ERROR";
    case ResponseCode::system_busy: return "SYSTEM_BUSY";
    case ResponseCode::request_code_not_supported: return "REQUEST_CODE_NOT_SUPPORTED";
    case ResponseCode::transaction_failed: return "TRANSACTION_FAILED";
    case ResponseCode::flush_disk_timeout: return "FLUSH_DISK_TIMEOUT";
    case ResponseCode::slave_not_available: return "SLAVE_NOT_AVAILABLE";
    case ResponseCode::flush_slave_timeout: return "FLUSH_SLAVE_TIMEOUT";
    case ResponseCode::message_illegal: return "MESSAGE_ILLEGAL";
    case ResponseCode::service_not_available: return "SERVICE_NOT_AVAILABLE";
    case ResponseCode::version_not_supported: return "VERSION_NOT_SUPPORTED";
    case ResponseCode::no_permission: return "NO_PERMISSION";
    case ResponseCode::topic_not_exist: return "TOPIC_NOT_EXIST";
    case ResponseCode::topic_exist_already: return "TOPIC_EXIST_ALREADY";
    case ResponseCode::pull_not_found: return "PULL_NOT_FOUND";
    case ResponseCode::pull_retry_immediately: return "PULL_RETRY_IMMEDIATELY";
    case ResponseCode::pull_offset_moved: return "PULL_OFFSET_MOVED";
    case ResponseCode::query_not_found: return "QUERY_NOT_FOUND";
    case ResponseCode::subscription_parse_failed: return "SUBSCRIPTION_PARSE_FAILED";
    case ResponseCode::subscription_not_exist: return "SUBSCRIPTION_NOT_EXIST";
    case ResponseCode::subscription_not_latest: return "SUBSCRIPTION_NOT_LATEST";
    case ResponseCode::subscription_group_not_exist: return "SUBSCRIPTION_GROUP_NOT_EXIST";
    case ResponseCode::filter_data_not_exist: return "FILTER_DATA_NOT_EXIST";
    case ResponseCode::filter_data_not_latest: return "FILTER_DATA_NOT_LATEST";
    case ResponseCode::no_buyer_id: return "NO_BUYER_ID";
    case ResponseCode::not_in_current_unit: return "NOT_IN_CURRENT_UNIT";
    case ResponseCode::consumer_not_online: return "CONSUMER_NOT_ONLINE";
    case ResponseCode::consume_msg_timeout: return "CONSUME_MSG_TIMEOUT";
    case ResponseCode::no_message: return "NO_MESSAGE";
    case ResponseCode::update_and_create_acl_config_failed: return "UPDATE_AND_CREATE_ACL_CONFIG_FAILED";
    case ResponseCode::delete_acl_config_failed: return "DELETE_ACL_CONFIG_FAILED";
    case ResponseCode::update_global_white_addrs_config_failed:
      return "UPDATE_GLOBAL_WHITE_ADDRS_CONFIG_FAILED";
    case ResponseCode::flow_control: return "FLOW_CONTROL";
  }
  return "UNKNOWN";
}

}  // namespace gantry::model::protocol
