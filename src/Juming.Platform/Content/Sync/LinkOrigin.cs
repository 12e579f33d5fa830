using Juming.Platform.Content.Keep;
using Juming.Platform.Links;

namespace Juming.Platform.Content.Sync;

/// <summary>The host above. What broke off goes on where it ended.</summary>
internal sealed class LinkOrigin(IUpperBulk bulk, BlobShelf shelf) : IContentOrigin
{
    public Task<BulkHead?> Head(byte[] known, CancellationToken ct) => Ask(() => bulk.Head(known, ct));

    public Task<byte[]?> Root(long version, CancellationToken ct) => Ask(() => bulk.Root(version, ct));

    public async Task<bool> Fetch(byte[] sha256, long length, CancellationToken ct)
    {
        await Ask(async () =>
        {
            await using var file = shelf.Partial(sha256);
            if (file.Length > length) file.SetLength(0);
            file.Position = file.Length;
            if (file.Length == length) return true;
            await foreach (var part in bulk.Get(sha256, file.Length, ct))
            {
                // Endless data: whoever sends more than was signed for is not listened to any longer, nor is what it has sent already waited for.
                if (file.Position + part.Length > length)
                {
                    bulk.Close();
                    break;
                }
                await file.WriteAsync(part, ct);
                if (file.Position == length) break;
            }
            return true;
        });
        return await shelf.Finish(sha256, ct);
    }

    private static async Task<T> Ask<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (UpperAwayException e)
        {
            throw new ContentRefusedException(ContentErrors.Away.With("reason", e.Reason));
        }
    }
}
