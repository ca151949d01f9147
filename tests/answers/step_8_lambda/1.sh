# Takes the broken commit back, and adds an event.
git -c user.name=you -c user.email=you@example.com revert --no-edit HEAD
echo '{"sentence": "Whose book did you say that she had read?"}' > aws/events/my_sentence.json
