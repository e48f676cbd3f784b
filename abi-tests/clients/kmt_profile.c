/* What profilers ask of the thunk: the streaming monitor, sampling of program counters, system management events, the
   trap handler, tiling registers. The first two are requests of AMD's own kernel, which Linux refuses. */
#include "kmt.h"

static void monitor(HSAuint32 node) {
    HSAuint32 timeout = 10, copied = 99;
    bool lost = false;
    SAY(hsaKmtSPMAcquire(node));
    SAY(hsaKmtSPMSetDestBuffer(node, 4096, &timeout, &copied, NULL, &lost));
    SAY(hsaKmtSPMRelease(node));
}

static void sampling(HSAuint32 node) {
    HsaPcSamplingInfo info[4];
    HsaPcSamplingTraceId session = 5;
    HSAuint32 needed = 99;
    memset(info, 0, sizeof info);
    SAY(hsaKmtPcSamplingSupport());
    SAY(hsaKmtPcSamplingQueryCapabilities(node, info, 4, &needed));
    SAY(hsaKmtPcSamplingQueryCapabilities(node, info, 4, NULL));
    SAY(hsaKmtPcSamplingCreate(node, info, &session));
    SAY(hsaKmtPcSamplingCreate(node, NULL, &session));
    SAY(hsaKmtPcSamplingCreate(node, info, NULL));
    SAY(hsaKmtPcSamplingStart(node, 5));
    SAY(hsaKmtPcSamplingStart(node, 0));
    SAY(hsaKmtPcSamplingStop(node, 5));
    SAY(hsaKmtPcSamplingStop(node, 0));
    SAY(hsaKmtPcSamplingDestroy(node, 5));
    SAY(hsaKmtPcSamplingDestroy(node, 0));
}

static void tiles(HSAuint32 node) {
    HSAuint32 tile[32], macro_tile[16];
    HsaGpuTileConfig config = {.TileConfig = tile, .MacroTileConfig = macro_tile, .NumTileConfigs = 32,
                               .NumMacroTileConfigs = 16};
    memset(tile, 0xff, sizeof tile);
    memset(macro_tile, 0xff, sizeof macro_tile);
    int status = hsaKmtGetTileConfig(node, &config);
    printf("tiles: %d\n", status);
    if (status != HSAKMT_STATUS_SUCCESS) return;
    printf("%u and %u, address configuration %#x, %u banks, %u ranks, first %#x\n", config.NumTileConfigs,
           config.NumMacroTileConfigs, config.GbAddrConfig, config.NumBanks, config.NumRanks, tile[0]);
}

static void handler(HSAuint32 node) {
    HSAuint64 alternate = 0;
    HsaMemFlags flags = system_flags();
    flags.ui32.ExecuteAccess = 1;
    char *pages = must_allocate(0, 8192, flags);
    SAY(hsaKmtMapMemoryToGPU(pages, 8192, &alternate));
    SAY(hsaKmtSetTrapHandler(node, pages, 4096, pages + 4096, 4096));
    SAY(hsaKmtSetTrapHandler(node, NULL, 0, NULL, 0));
    SAY(hsaKmtUnmapMemoryToGPU(pages));
    SAY(hsaKmtFreeMemory(pages, 8192));
}

static void each(HSAuint32 node) {
    int fd = -1;
    printf("-- node %u\n", node);
    monitor(node);
    sampling(node);
    tiles(node);
    handler(node);
    SAY(hsaKmtOpenSMI(node, &fd));
    printf("descriptor %s\n", fd >= 0 ? "yes" : "no");
    if (fd >= 0) close(fd);
    SAY(hsaKmtSetMemoryPolicy(node, 0, 0, NULL, 0));
}

int main(void) {
    kmt_open();
    if (gpu_count > 0) each(gpus[0]);
    each(0);
    each(12345);
    kmt_close();
    return 0;
}
