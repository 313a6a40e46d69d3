export interface CephSettings {
  readonly directory: string;
  readonly clusterId: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
  readonly store: "memstore" | "bluestore";
}

/**
 * One copy of everything, one placement group a pool, and timers short enough that a cluster of one starts at once.
 * `tcp_nodelay`: without it each small answer waits 40 ms for an acknowledgement.
 */
export function cephConfiguration({ directory, clusterId, monitorPort, gatewayPort, store }: CephSettings): string {
  return `[global]
fsid = ${clusterId}
mon_host = v2:127.0.0.1:${monitorPort}/0
mon_initial_members = a
run_dir = ${directory}
admin_socket =
log_file = ${directory}/$name.log
pid_file =
keyring = ${directory}/keyring
public_addr = 127.0.0.1
ms_bind_ipv6 = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[mon]
mon_data = ${directory}/mon/$name
mon_cluster_log_file = ${directory}/cluster.log
mon_data_avail_crit = 1
mon_data_avail_warn = 1
[osd]
osd_data = ${directory}/osd$id
osd_objectstore = ${store}
osd_max_write_size = 256
osd_memory_target = 939524096
bluestore_block_size = 10737418240
bluestore_block_create = true
bluestore_fsck_on_mount = false
memstore_device_bytes = 17179869184
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
rgw_data = ${directory}/gateway
rgw_run_sync_thread = false
rgw_enable_usage_log = false
rgw_thread_pool_size = 64
`;
}
