"""What the operations centre reads."""
