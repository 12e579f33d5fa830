using Juming.Site.Collection.Formats;
using Juming.Site.Events;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Juming.Benchmarks.Pipeline;

/// <summary>A site whose store writes one JSON line an event and which matches no rules: what rsyslog and syslog-ng are compared with.</summary>
internal static class CollectServer
{
    /// <summary>Arguments: TCP port, output file. Runs until it is killed.</summary>
    public static async Task<int> Run(string[] args)
    {
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = "127.0.0.1:" + args[0], ["Modules:Collection:Udp:0"] = "127.0.0.1:" + args[0] };
        var tier = await RunningTier.Start("site", settings: settings, services: services =>
        {
            services.RemoveAll<IEventStore>();
            services.RemoveAll<IBatchMatcher>();
            services.AddSingleton<IEventStore>(_ => new LineStore(args[1]));
        });
        await Task.Delay(Timeout.InfiniteTimeSpan);
        await tier.DisposeAsync();
        return 0;
    }

    private sealed class LineStore(string path) : IEventStore
    {
        // What is written while it still lies in the processor's cache is copied twice as fast.
        private const int PieceBytes = 128 * 1024;

        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 1);
        private readonly Lock _one = new();
        private readonly ThreadLocal<NormalizedJson> _writers = new(() => new NormalizedJson { RepeatsMessage = false });

        private long _sequence;

        public long LastSequence => Interlocked.Read(ref _sequence);

        public Task<long> Append(EventBatch batch, BatchCommit commit, CancellationToken ct)
        {
            var json = _writers.Value!;
            json.Clear();
            for (var i = 0; i < batch.Count; i++)
            {
                json.Write(batch, i);
                if (json.Written.Length < PieceBytes && i + 1 < batch.Count) continue;
                lock (_one) RandomAccess.Write(_file.SafeFileHandle, json.Written.Span, RandomAccess.GetLength(_file.SafeFileHandle));
                json.Clear();
            }
            return Task.FromResult(batch.Sequence = Interlocked.Increment(ref _sequence));
        }

        public async IAsyncEnumerable<StoredBatch> ReadAfter(long sequence, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            yield break;
        }

        public Task<string?> ReadMark(string key, CancellationToken ct) => Task.FromResult<string?>(null);

        public Task<IReadOnlyDictionary<string, string>> ReadMarks(string prefix, CancellationToken ct) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
    }
}
