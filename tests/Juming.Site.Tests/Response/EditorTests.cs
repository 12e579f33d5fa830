using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Edit;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>The outline: what is added, moved and removed leaves a whole playbook behind.</summary>
[Category("S3.1")]
internal sealed class EditorTests
{
    private DraftEditor _editor = null!;

    [SetUp]
    public void Blank() => _editor = new DraftEditor(DraftEditor.Blank("Draft", DateTimeOffset.UnixEpoch));

    private IReadOnlyList<OutlineRow> Rows => Outline.Of(_editor.Document);

    private string Shape => string.Join(' ', Rows.Select(r => new string('>', r.Depth) + (r.Type == "action" ? (string)r.Step["commands"]![0]!["capability"]! : r.Type)));

    private string Start => Rows[0].Id;

    private void IsWhole() => Assert.That(PlaybookReader.Read((JsonObject)_editor.Document.DeepClone()).Problems.Where(p => p.Code is not "wrong-kind" and not "bad-identifier").Select(p => $"{p.Pointer} {p.Code}"), Is.Empty);

    [Test]
    public void Steps_are_added_moved_and_removed()
    {
        var wait = _editor.AddAfter(Start, "wait");
        var notify = _editor.AddAfter(wait, "notify");
        Assert.That(Shape, Is.EqualTo("start wait notify end"));
        Assert.That(_editor.MoveUp(notify), Is.True);
        Assert.That(Shape, Is.EqualTo("start notify wait end"));
        Assert.That(_editor.MoveDown(notify), Is.True);
        Assert.That((_editor.MoveUp(wait), _editor.MoveDown(notify)), Is.EqualTo((false, false)), "a start stays first and an end last");
        Assert.That(Shape, Is.EqualTo("start wait notify end"));
        Assert.That(_editor.Remove(wait), Is.True);
        Assert.That(Shape, Is.EqualTo("start notify end"));
        IsWhole();
    }

    [Test]
    public void Branches_begin_empty_are_filled_and_go_with_their_step()
    {
        var choose = _editor.AddAfter(Start, "if-condition");
        var inside = _editor.AddFirst(new Slot(choose, "on_true"), "wait");
        _editor.AddFirst(new Slot(choose, "on_false"), "notify");
        var both = _editor.AddAfter(inside, "parallel");
        _editor.AddFirst(new Slot(both, "next_steps/1"), "wait");
        _editor.AddBranch(both, "");
        Assert.That(Shape, Is.EqualTo("start if-condition >wait >parallel >>end >>wait >>end >>end >end >notify end"));
        IsWhole();
        Assert.That(_editor.Remove(choose), Is.True);
        Assert.That((Shape, ((JsonObject)_editor.Document["workflow"]!).Count), Is.EqualTo(("start end", 2)));
        IsWhole();
    }

    [Test]
    public void What_a_branch_needs_is_not_removed()
    {
        var loop = _editor.AddAfter(Start, "while-condition");
        var only = Rows.Single(r => r.Depth == 1).Id;
        Assert.That(_editor.Remove(only), Is.False);
        var choice = _editor.AddAfter(loop, "switch-condition");
        _editor.AddBranch(choice, "4");
        Assert.That(Rows.Where(r => r.IsFirst && r.Depth == 1).Select(r => r.Slot.Member), Is.EqualTo(new[] { "on_true", "cases/default", "cases/4" }));
        IsWhole();
    }

    [Test]
    public void A_step_fails_or_goes_on_and_keeps_its_place()
    {
        var wait = _editor.AddAfter(Start, "wait");
        _editor.SetFailure(wait, goesOn: true);
        var after = _editor.AddAfter(wait, "notify");
        var step = _editor.Step(wait);
        Assert.That(((string?)step["on_success"], (string?)step["on_failure"], step["on_completion"]), Is.EqualTo((after, after, (JsonNode?)null)));
        Assert.That(_editor.MoveUp(after), Is.True);
        Assert.That(Shape, Is.EqualTo("start notify wait end"));
        _editor.SetFailure(wait, goesOn: false);
        Assert.That(_editor.Step(wait)["on_failure"], Is.Null);
        IsWhole();
    }

    [Test]
    public void Any_order_of_changes_leaves_a_whole_playbook()
    {
        var random = new Random(11);
        string[] kinds = ["wait", "notify", "if-condition", "parallel", "while-condition", "switch-condition"];
        for (var i = 0; i < 600; i++)
        {
            var rows = Rows;
            var row = rows[random.Next(rows.Count)];
            switch (random.Next(5))
            {
                case 0 when row.GoesOn && rows.Count < 60:
                    _editor.AddAfter(row.Id, kinds[random.Next(kinds.Length)]);
                    break;
                case 1 when row.IsFirst && row.Depth is > 0 and < 5 && rows.Count < 60:
                    _editor.AddFirst(row.Slot, kinds[random.Next(kinds.Length)]);
                    break;
                case 2 when row.Type is not ("start" or "end"):
                    _editor.Remove(row.Id);
                    break;
                case 3:
                    _editor.MoveUp(row.Id);
                    break;
                default:
                    _editor.MoveDown(row.Id);
                    break;
            }
            IsWhole();
        }
    }
}
