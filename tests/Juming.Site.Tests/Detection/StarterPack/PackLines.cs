using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;

namespace Juming.Site.Tests.Detection.StarterPack;

/// <summary>Puts lines into batches as collection does.</summary>
internal static class PackLines
{
    private static readonly LineNormalizer Normalizer = new();

    public static void Add(EventBatch batch, ReadOnlySpan<byte> line, long received, SourceMemory source, int number = 0)
    {
        Normalizer.Normalize(batch, line, new LineContext { Received = received, Line = number, Source = source });
        if (batch.Current.Id == Guid.Empty) batch.Current.Id = Guid.CreateVersion7();
    }
}
