using System.IO.Pipelines;
using Juming.Site.Collection;
using Juming.Site.Collection.Bulk;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juming.Benchmarks.Fuzz;

/// <summary>The bulk body through the real intake and pipeline into a store that only remembers: what is accepted must be exactly what was sent.</summary>
internal sealed class BulkCheck : IDisposable
{
    private readonly Remembering _store = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly IngestPipeline _pipeline;
    private readonly BulkIntake _intake;

    public BulkCheck()
    {
        var settings = new CollectionSettings { Workers = 1 };
        var sources = new SourceRegister(_services.GetRequiredService<IServiceScopeFactory>(), settings, TimeProvider.System);
        sources.Get("http/fuzz", "fuzz").Persisted = true;
        var ledger = new LedgerBook();
        _pipeline = new IngestPipeline(_store, new LineNormalizer(), [], sources, ledger, settings, TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        _ = _pipeline.StartAsync(CancellationToken.None);
        _intake = new BulkIntake(_pipeline, sources, ledger, _store, TimeProvider.System);
    }

    public void Check(byte[] input)
    {
        _store.Events = 0;
        var body = PipeReader.Create(new MemoryStream(input), new StreamPipeReaderOptions(bufferSize: 1 + (input.Length / 5)));
        // The loop is single-threaded by design; the intake completes on its own threads.
        var answer = Task.Run(() => _intake.Take("fuzz", "fuzz", null, null, body, CancellationToken.None)).WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false).GetAwaiter().GetResult();
        var lines = 0;
        foreach (var range in input.AsSpan().Split((byte)'\n'))
        {
            var line = input.AsSpan(range);
            if (line.Length > 65_537) line = line[..65_537];
            if (line.Length > 0 && line[^1] == (byte)'\r') line = line[..^1];
            if (!line.IsEmpty) lines++;
        }
        if (answer.Error is null) FuzzTargets.Hold(answer.Value.Accepted == lines && _store.Events == lines, $"sent {lines}, accepted {answer.Value.Accepted}, stored {_store.Events}");
        else FuzzTargets.Hold(lines == 0 || lines > BulkIntake.MostLines || input.Length > 8 * 1024 * 1024, $"{lines} lines were refused: {answer.Error.Code}");
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _services.Dispose();
    }

    private sealed class Remembering : IEventStore
    {
        public int Events { get; set; }

        public long LastSequence { get; private set; }

        public Task<long> Append(EventBatch batch, BatchCommit commit, CancellationToken ct)
        {
            Events += batch.Count;
            return Task.FromResult(batch.Sequence = ++LastSequence);
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
