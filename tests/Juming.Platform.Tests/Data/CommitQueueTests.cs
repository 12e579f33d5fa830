using Juming.Platform.Data;
using Juming.Platform.Events;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace Juming.Platform.Tests.Data;

[Category("X10")]
public sealed class CommitQueueTests
{
    private string _folder = "";
    private Database _database = null!;
    private CommitQueue _queue = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-commit").FullName;
        _database = Database.From(new DatabaseSettings(), _folder);
        SchemaUpgrade.Run(_database, [typeof(CommitQueue).Assembly]);
        _queue = new CommitQueue(_database);
        await _queue.StartAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task Stop()
    {
        await _queue.StopAsync(CancellationToken.None);
        _queue.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
    }

    [Test]
    public async Task Saves_that_arrive_together_are_all_there()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Save(Row($"row-{i}"))));
        Assert.That(await Count(), Is.EqualTo(500));
    }

    [Test]
    public async Task A_save_that_the_database_refuses_does_not_take_its_neighbours_with_it()
    {
        var id = Guid.CreateVersion7();
        await Save(Row("first", id));
        var saves = Enumerable.Range(0, 50).Select(i => Save(Row($"n{i}"))).Append(Save(Row("twin", id))).ToList();
        var failures = 0;
        foreach (var save in saves)
        {
            try
            {
                await save;
            }
            catch (DbUpdateException)
            {
                failures++;
            }
        }
        Assert.Multiple(async () =>
        {
            Assert.That(failures, Is.EqualTo(1));
            Assert.That(await Count(), Is.EqualTo(51));
        });
    }

    [Test]
    public async Task A_context_can_read_and_save_again_after_a_group_commit()
    {
        await using var db = Open();
        db.Add(Row("one"));
        await db.SaveChangesAsync();
        Assert.That(await db.Set<OutboxRow>().CountAsync(), Is.EqualTo(1));
        db.Add(Row("two"));
        await db.SaveChangesAsync();
        Assert.That(await db.Set<OutboxRow>().CountAsync(), Is.EqualTo(2));
    }

    private sealed class StrangeException : Exception;

    [Test]
    public async Task A_save_that_fails_in_any_way_is_answered_and_the_queue_lives_on()
    {
        await using var failing = Open();
        failing.Add(Row("never"));
        var saves = Enumerable.Range(0, 20).Select(i => Save(Row($"n{i}"))).ToList();
        var failed = failing.SaveWith(_ => throw new StrangeException(), CancellationToken.None);
        await using var gone = Open();
        var disposed = _queue.CommitAll(gone, () => throw new StrangeException(), CancellationToken.None);
        await gone.DisposeAsync();
        Assert.That(async () => await failed.WaitAsync(TimeSpan.FromSeconds(20)), Throws.TypeOf<StrangeException>());
        Assert.That(async () => await disposed.WaitAsync(TimeSpan.FromSeconds(20)), Throws.TypeOf<StrangeException>().Or.TypeOf<ObjectDisposedException>());
        await Task.WhenAll(saves).WaitAsync(TimeSpan.FromSeconds(20));
        await Save(Row("later")).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(await Count(), Is.EqualTo(21));
    }

    [Test]
    public async Task A_save_after_the_stop_is_told_instead_of_waiting_for_ever()
    {
        await _queue.StopAsync(CancellationToken.None);
        Assert.That(async () => await Save(Row("late")).WaitAsync(TimeSpan.FromSeconds(20)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static OutboxRow Row(string name, Guid? id = null) => new() { Id = id ?? Guid.CreateVersion7(), Name = name, Version = 1, Json = "{}" };

    private OutboxDb Open() => new(new DbContextOptionsBuilder<OutboxDb>().UseSqlite(_database.ConnectionString).Options, _queue);

    private async Task Save(OutboxRow row)
    {
        await using var db = Open();
        db.Add(row);
        await db.SaveChangesAsync();
    }

    private async Task<int> Count()
    {
        await using var db = Open();
        return await db.Set<OutboxRow>().CountAsync();
    }
}
