"""Following: what looks at cases behind the streams, at its own pace, and holds up no link."""
